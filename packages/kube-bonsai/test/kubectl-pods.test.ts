import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Program } from '@kube-bonsai/kubelet-model'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Cluster } from '../src/index.ts'
import { listen, type RunningServer } from '../src/server/index.ts'
import { hasKubectl, kubectlFor, type Ran } from './support/kubectl.ts'

const web: Program = {
  async run({ log, env, terminated }) {
    log(`hello from ${env['HOSTNAME']}`)
    await terminated
    return 0
  },
}

const pod = (name: string, image: string, cpu: string): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      terminationGracePeriodSeconds: 1,
      nodeName: 'node-1',
      containers: [{ name: 'c', image, resources: { requests: { cpu } } }],
    },
  }) as KubeObject

describe.runIf(hasKubectl)('real kubectl v1.35 and what becomes of pods', () => {
  let home: string
  let cluster: Cluster
  let server: RunningServer
  let kubectl: (args: string, input?: string) => Promise<Ran>
  const ok = async (args: string, input?: string): Promise<string> => {
    const { code, stdout, stderr } = await kubectl(args, input)
    expect(code, `kubectl ${args}\n${stdout}${stderr}`).toBe(0)
    return stdout
  }
  const resize = (name: string, cpu: string) =>
    ok(
      `patch pod ${name} --subresource resize -p {"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"${cpu}"}}}]}}`,
    )

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'bonsai-pods-'))
    const config = join(home, 'config')
    cluster = await Cluster.create({ clock: 'system', nodes: [{ name: 'node-1', cpu: '4' }], programs: { web } })
    server = await listen(cluster, { kubeconfig: config })
    kubectl = kubectlFor(config)
    await cluster.apply([pod('a', 'web:1', '1'), pod('b', 'web:1', '2')])
    await ok('wait --for=condition=Ready pod/a pod/b --timeout=30s')
  })

  afterAll(async () => {
    await server.close()
    cluster.close()
    rmSync(home, { recursive: true, force: true })
  })

  test('a resize is had, deferred, told by describe and events, and had when there is room', async () => {
    const size = (cpu: string) => `--for=jsonpath={.status.containerStatuses[0].resources.requests.cpu}=${cpu}`
    expect(await resize('a', '1500m')).toBe('pod/a patched\n')
    await ok(`wait ${size('1500m')} pod/a --timeout=10s`)
    await resize('a', '3')
    await ok('wait --for=condition=PodResizePending pod/a --timeout=10s')
    const described = await ok('describe pod a')
    expect(described).toMatch(/Restart Count: +0\n/)
    expect(described).toMatch(/PodResizePending +True/)
    const reasons = [...described.matchAll(/^ +(?:Normal|Warning) +(\w+)/gm)].map(([, reason]) => reason)
    expect(reasons).toEqual([
      'Pulling',
      'Pulled',
      'Created',
      'Started',
      'ResizeStarted',
      'ResizeCompleted',
      'ResizeDeferred',
    ])
    expect(await ok('events --for pod/a')).toContain(
      `"error":"Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000"`,
    )
    await resize('b', '500m')
    await ok(`wait ${size('3')} pod/a --timeout=10s`)
    expect(
      (await kubectl('patch pod a -p {"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"1"}}}]}}'))
        .stderr,
    ).toContain('pod updates may not change fields other than')
    const node = await ok('describe node node-1')
    expect(node).toMatch(/cpu +3500m \(87%\)/)
  })

  test('set image starts the container over, and the old life can still be read', async () => {
    expect(await ok('set image pod/b c=web:2')).toBe('pod/b image updated\n')
    await ok('wait --for=jsonpath={.status.containerStatuses[0].restartCount}=1 pod/b --timeout=10s')
    await ok('wait --for=condition=Ready pod/b --timeout=10s')
    expect(await ok('get pod b -o jsonpath={.status.containerStatuses[0].image}')).toBe('web:2')
    expect(await ok('events --for pod/b')).toContain('Container c definition changed, will be restarted')
    expect(await ok('logs b')).toBe('hello from b\n')
    expect(await ok('logs b --previous --since=1h')).toBe('hello from b\n')
    expect(await ok('logs b --since=1s --tail=0')).toBe('')
    expect(await ok('get pod b --no-headers')).toMatch(/^b +1\/1 +Running +1 \(\d+s ago\) +\d+s\n$/)
  })

  test('a watch shows a pod from its beginning to its end', async () => {
    const watching = kubectl('get pods short -w --output-watch-events --no-headers --request-timeout=6s')
    await watching.catch(() => undefined)
    const following = kubectl(
      'get pods -w --output-watch-events --no-headers --request-timeout=6s --field-selector=metadata.name=short',
    )
    await new Promise((resolve) => setTimeout(resolve, 1000))
    await ok('run short --image=busybox --restart=Never -- sh -c true')
    await ok('wait --for=jsonpath={.status.phase}=Succeeded pod/short --timeout=10s')
    await ok('delete pod short')
    const { stdout } = await following
    const states = [...stdout.matchAll(/^(\w+) +short +\d\/1 +(\w+)/gm)].map(([, event, state]) => `${event} ${state}`)
    expect(states[0]).toBe('ADDED Pending')
    expect(states).toContain('MODIFIED ContainerCreating')
    expect(states).toContain('MODIFIED Completed')
    expect(states.at(-1)).toBe('DELETED Completed')
  })

  test('debug looks at a node, at processes of a pod, and at a copy of it', async () => {
    await ok('debug node/node-1 --image=busybox --profile=general -- sh -c true')
    const [name] = (await ok('get pods -o name')).split('\n').filter((one) => one.includes('node-debugger-node-1'))
    await ok(`wait --for=jsonpath={.status.phase}=Succeeded ${name} --timeout=10s`)
    expect(await ok(`get ${name} -o jsonpath={.spec.nodeName}{.spec.hostNetwork}{.spec.hostPID}`)).toBe(
      'node-1truetrue',
    )
    expect(await ok('debug a -i --image=busybox --target=c --profile=general', 'echo inside; exit\n')).toContain(
      'inside\n',
    )
    // A copy asks for as much as its pod: there is room for one more of the small one only.
    await ok('debug b --copy-to=copy --set-image=*=web:3 --profile=general')
    await ok('wait --for=condition=Ready pod/copy --timeout=10s')
    expect(await ok('logs copy')).toBe('hello from copy\n')
  })
})
