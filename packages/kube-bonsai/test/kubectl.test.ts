import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Console } from '../src/cli/console.ts'
import { main } from '../src/cli/main.ts'
import { hasKubectl, kubectlFor, type Ran } from './support/kubectl.ts'

const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: web
        image: busybox:1.37
        command: [sh, -c, 'echo hello from web; sleep 3600']
        ports: [{name: http, containerPort: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
`

describe.runIf(hasKubectl)('real kubectl v1.35 against bonsai up', () => {
  let home: string
  let stop: () => void
  let ended: Promise<number>
  let kubectl: (args: string, input?: string) => Promise<Ran>
  /** Runs a command that must succeed, and returns what it printed. */
  const ok = async (args: string, input?: string): Promise<string> => {
    const { code, stdout, stderr } = await kubectl(args, input)
    expect(code, `kubectl ${args}\n${stderr}`).toBe(0)
    return stdout
  }

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'bonsai-kubectl-'))
    const kubeconfig = join(home, 'config')
    const interrupted = new Promise<void>((resolve) => {
      stop = resolve
    })
    await new Promise<void>((ready) => {
      const console: Console = {
        out: () => ready(),
        err: (text) => process.stderr.write(text),
        interactive: false,
        colour: false,
        readStdin: async () => '',
        interrupted: () => interrupted,
      }
      ended = main(['up', '--nodes', '3', '--kubeconfig', kubeconfig, '-o', 'json'], console)
    })
    kubectl = kubectlFor(kubeconfig)
  })

  afterAll(async () => {
    stop()
    expect(await ended).toBe(0)
    rmSync(home, { recursive: true, force: true })
  })

  test('version and api-resources', async () => {
    expect(await ok('version')).toContain('Server Version: v1.35.4')
    const resources = await ok('api-resources')
    expect(resources).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment$/m)
    expect(resources).toMatch(/^pods +po +v1 +true +Pod$/m)
  })

  test('typed commands, which speak protobuf, create', async () => {
    expect(await ok('create configmap typed --from-literal=a=b')).toBe('configmap/typed created\n')
    expect(await ok('get configmap typed -o jsonpath={.data}')).toBe('{"a":"b"}')
    expect(await ok('auth can-i create pods')).toBe('yes\n')
    expect(await ok('delete configmap typed')).toContain('deleted')
  })

  test('apply creates, and applies again without a change', async () => {
    expect(await ok('apply -f -', manifest)).toBe('deployment.apps/web created\nservice/web created\n')
    expect(await ok('apply -f -', manifest)).toBe('deployment.apps/web unchanged\nservice/web unchanged\n')
    expect(await ok('apply -f -', manifest.replace('replicas: 2', 'replicas: 3'))).toContain(
      'deployment.apps/web configured',
    )
  })

  test('rollout status and wait see the deployment come up', async () => {
    expect(await ok('rollout status deployment/web --timeout=60s')).toContain('successfully rolled out')
    expect(await ok('wait --for=condition=Available deployment/web --timeout=60s')).toContain('condition met')
    expect(await ok('wait --for=condition=Ready node --all --timeout=30s')).toContain('node/node-1 condition met')
  })

  test("get prints tables, wide tables, YAML, JSON, KYAML and columns of one's own", async () => {
    expect(await ok('get deployment web')).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +3\/3 +3 +3 +/)
    expect(await ok('get pods -o wide')).toMatch(
      /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\nweb-/,
    )
    expect(await ok('get nodes')).toMatch(/node-1 +Ready +<none> +\S+ +v1\.35\.4/)
    expect(await ok('get service web -o yaml')).toContain('clusterIP: 10.')
    expect(JSON.parse(await ok('get deployment web -o json'))).toMatchObject({
      kind: 'Deployment',
      status: { readyReplicas: 3 },
    })
    expect(await ok('get deployment web -o kyaml')).toMatch(/^---\n\{\n {2}apiVersion: "apps\/v1",\n/)
    expect(await ok('get deployments -o custom-columns=N:.metadata.name,R:.spec.replicas')).toBe('N     R\nweb   3\n')
    expect(await ok('get pods -l app=web -o name')).toMatch(/^(pod\/web-\S+\n){3}$/)
    expect(await ok('get endpointslices')).toMatch(/web-\S+ +IPv4 +80 +10\.244\./)
  })

  test('describe shows conditions and events', async () => {
    const deployment = await ok('describe deployment web')
    expect(deployment).toContain('3 desired | 3 updated | 3 total | 3 available | 0 unavailable')
    expect(deployment).toContain('ScalingReplicaSet')
    const pods = await ok('describe pods -l app=web')
    expect(pods).toContain('Successfully assigned default/web-')
    expect(pods).toMatch(/Ready +True/)
    expect(await ok('describe node node-1')).toContain('KubeletReady')
  })

  test('logs come from the program', async () => {
    expect(await ok('logs deployment/web')).toBe('hello from web\n')
    expect(await ok('logs deployment/web --tail=0')).toBe('')
    const { code, stderr } = await kubectl('logs deployment/web -c nobody')
    expect(code).not.toBe(0)
    expect(stderr).toContain('container nobody is not valid for pod')
  })

  test('scale, label and patch change objects', async () => {
    expect(await ok('scale deployment/web --replicas=1')).toBe('deployment.apps/web scaled\n')
    await ok('rollout status deployment/web --timeout=60s')
    expect(await ok('label deployment web tier=front')).toBe('deployment.apps/web labeled\n')
    expect(await ok('get deployment -l tier=front -o name')).toBe('deployment.apps/web\n')
    expect(await ok(`patch deployment web -p '{"spec":{"minReadySeconds":1}}'`)).toBe('deployment.apps/web patched\n')
    expect(
      await ok(`patch deployment web --type=json -p '[{"op":"remove","path":"/spec/minReadySeconds"}]'`),
    ).toContain('patched')
    expect(await ok(`patch deployment web --type=merge -p '{"spec":{"replicas":2}}'`)).toContain('patched')
  })

  test('rollout restart and undo make new revisions', async () => {
    await ok('set image deployment/web web=busybox:1.38')
    await ok('rollout status deployment/web --timeout=60s')
    expect(await ok('rollout history deployment/web')).toMatch(/REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>/)
    expect(await ok('rollout undo deployment/web')).toContain('rolled back')
    await ok('rollout status deployment/web --timeout=60s')
    expect(await ok('get deployment web -o jsonpath={.spec.template.spec.containers[0].image}')).toBe('busybox:1.37')
    expect(await ok('rollout restart deployment/web')).toContain('restarted')
    await ok('rollout status deployment/web --timeout=60s')
    expect(await ok('rollout history deployment/web')).toMatch(/4 +<none>/)
  })

  test('explain knows every field', async () => {
    expect(await ok('explain deployment.spec.strategy')).toContain('rollingUpdate')
    expect(await ok('explain pods --recursive')).toContain('terminationGracePeriodSeconds')
  })

  test('unknown fields, kinds and names are refused as a real server does', async () => {
    const unknown = await kubectl('apply -f -', manifest.replace('replicas: 2', 'replicsa: 2'))
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toContain('strict decoding error: unknown field "spec.replicsa"')
    expect((await kubectl('get widgets')).stderr).toContain(`the server doesn't have a resource type "widgets"`)
    expect((await kubectl('get pod nobody')).stderr).toBe('Error from server (NotFound): pods "nobody" not found\n')
    const invalid = await kubectl(
      'create -f -',
      manifest.split('---')[0]?.replace('name: web, labels', 'name: Web_1, labels'),
    )
    expect(invalid.stderr).toContain('The Deployment "Web_1" is invalid: metadata.name: Invalid value: "Web_1"')
  })

  test('delete removes the deployment and all that it owns', async () => {
    expect(await ok('delete deployment web --timeout=60s')).toContain('deployment.apps "web" deleted')
    await ok('wait --for=delete pod -l app=web --timeout=60s')
    expect(await ok('get replicasets')).toBe('')
    expect(await ok('delete service web')).toContain('service "web" deleted')
  })

  test('a namespace takes its contents along', async () => {
    const made = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gone' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'gone' }, data: { a: 'b' } },
    ]
    await ok('apply -f -', made.map((object) => JSON.stringify(object)).join('\n'))
    await ok('delete namespace gone --timeout=60s')
    expect((await kubectl('get namespace gone')).stderr).toContain('NotFound')
  })
})
