import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Program } from '@kube-bonsai/kubelet-model'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Cluster } from '../src/index.ts'
import { listen, type RunningServer } from '../src/server/index.ts'
import { hasKubectl, kubectlFor, kubectlPath, type Ran } from './support/kubectl.ts'

const web: Program = {
  async run(context) {
    context.usage({ cpu: 0.25, memory: 64 * 1024 * 1024 })
    context.log('web is up')
    context.listen(8080, ({ method, path, body }) => ({
      status: path === '/missing' ? 404 : 200,
      headers: { 'content-type': 'text/plain', 'x-pod': context.pod.name },
      body: `${method} ${path} ${body}\n`,
    }))
    await context.terminated
    return 0
  },
}
const talks: Program = {
  async run(context) {
    for (let count = 1; ; count++) {
      context.log(`line ${count}`)
      if (await context.sleep(200)) return 0
    }
  },
}
const crashes: Program = {
  async run(context) {
    context.log(`life ${context.env.LIFE ?? 1}`)
    await context.sleep(300)
    return 1
  },
}

const pod = (name: string, containers: readonly object[], labels: object = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: { containers },
  }) as KubeObject

describe.runIf(hasKubectl)('real kubectl v1.35 against simulated programs', () => {
  let home: string
  let cluster: Cluster
  let server: RunningServer
  let config: string
  let kubectl: (args: string, input?: string) => Promise<Ran>
  const ok = async (args: string, input?: string): Promise<string> => {
    const { code, stdout, stderr } = await kubectl(args, input)
    expect(code, `kubectl ${args}\n${stdout}${stderr}`).toBe(0)
    return stdout
  }

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'bonsai-programs-'))
    config = join(home, 'config')
    cluster = await Cluster.create({ clock: 'system', nodes: 2, programs: { web, talks, crashes } })
    server = await listen(cluster, { kubeconfig: config })
    kubectl = kubectlFor(config)
    await cluster.apply([
      pod('web', [{ name: 'web', image: 'web', ports: [{ name: 'http', containerPort: 8080 }] }], { app: 'web' }),
      pod('two', [
        { name: 'talks', image: 'talks' },
        { name: 'shell', image: 'busybox', command: ['sh', '-c', 'echo from the shell; sleep 3600'] },
      ]),
      pod('crashes', [{ name: 'c', image: 'crashes' }]),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { selector: { app: 'web' }, ports: [{ name: 'main', port: 80, targetPort: 'http' }] },
      } as KubeObject,
    ])
    await ok('wait --for=condition=Ready pod/web pod/two --timeout=30s')
  })

  afterAll(async () => {
    await server.close()
    cluster.close()
    rmSync(home, { recursive: true, force: true })
  })

  /** Starts kubectl in the background; `said` resolves once it has said something. */
  function background(...args: readonly string[]) {
    const env = { PATH: process.env.PATH, HOME: dirname(config), KUBECONFIG: config, KUBECTL_KUBERC: 'false' }
    const child: ChildProcess = spawn(kubectlPath(), args, { env })
    // It may end by itself, as after an error while forwarding; what it has said is complete then.
    const closed = new Promise<void>((resolve) => child.on('close', () => resolve()))
    let text = ''
    const wakers = new Set<() => void>()
    const heard = (part: Buffer) => {
      text += part.toString()
      for (const wake of wakers) wake()
    }
    child.stdout?.on('data', heard)
    child.stderr?.on('data', heard)
    const said = (pattern: RegExp): Promise<RegExpExecArray> =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(text)
          if (found) resolve(found)
          return found
        }
        wakers.add(look)
        if (!look()) void closed.then(() => reject(new Error(`kubectl ended without ${pattern}: ${text}`)))
      })
    const end = () => {
      child.kill('SIGINT')
      return closed
    }
    return { said, end }
  }

  test('logs: one container, all of them, the last lines, since, following, and the previous life', async () => {
    expect(await ok('logs web')).toBe('web is up\n')
    expect(await ok('logs two -c shell --timestamps')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z from the shell\n$/)
    const all = await ok('logs two --all-containers --prefix --tail=1')
    expect(all.trim().split('\n').sort()).toEqual([
      '[pod/two/shell] from the shell',
      expect.stringMatching(/^\[pod\/two\/talks\] line \d+$/),
    ])
    expect(await ok('logs two -c talks --tail=2')).toMatch(/^line \d+\nline \d+\n$/)
    expect(await ok('logs two -c shell --since=1h')).toBe('from the shell\n')
    expect(await ok('logs two -c shell --limit-bytes=4')).toBe('from')
    const follow = background('logs', '-f', 'two', '-c', 'talks', '--tail=0')
    await follow.said(/line \d+\n(.*\n)*line \d+\n/)
    await follow.end()
    await ok('wait --for=jsonpath={.status.containerStatuses[0].restartCount}=1 pod/crashes --timeout=30s')
    expect(await ok('logs crashes --previous')).toBe('life 1\n')
    expect((await kubectl('logs web --previous')).stderr).toContain(
      'previous terminated container "web" in pod "web" not found',
    )
  })

  test('exec and attach reach the processes of a container', async () => {
    expect(await ok("exec two -c shell -- sh -c 'echo hello'")).toBe('hello\n')
    expect(await ok('exec -i two -c shell -- cat', 'typed')).toBe('typed')
    expect((await kubectl("exec two -c shell -- sh -c 'exit 3'")).code).toBe(3)
    const attached = background('attach', 'two', '-c', 'talks')
    await attached.said(/line \d+\n/)
    await attached.end()
  })

  test('port-forward carries HTTP to a pod and to the pods of a service', async () => {
    for (const [target, port] of [
      ['pod/web', '8080'],
      ['service/web', '80'],
    ] as const) {
      const forward = background('port-forward', target, `:${port}`)
      const [, local] = await forward.said(/Forwarding from 127\.0\.0\.1:(\d+) -> 8080/)
      const get = await fetch(`http://127.0.0.1:${local}/hello?a=1`)
      expect([get.status, get.headers.get('x-pod'), await get.text()]).toEqual([200, 'web', 'GET /hello?a=1 \n'])
      const large = 'x'.repeat(300_000)
      const post = await fetch(`http://127.0.0.1:${local}/post`, { method: 'POST', body: large })
      expect(await post.text()).toBe(`POST /post ${large}\n`)
      const many = await Promise.all([1, 2, 3, 4, 5].map((n) => fetch(`http://127.0.0.1:${local}/${n}`)))
      expect(await Promise.all(many.map((answer) => answer.text()))).toEqual([1, 2, 3, 4, 5].map((n) => `GET /${n} \n`))
      expect((await fetch(`http://127.0.0.1:${local}/missing`)).status).toBe(404)
      await forward.end()
    }
  })

  test('port-forward says when nobody listens', async () => {
    const forward = background('port-forward', 'pod/web', ':9999')
    const [, local] = await forward.said(/Forwarding from 127\.0\.0\.1:(\d+) -> 9999/)
    await fetch(`http://127.0.0.1:${local}/`).catch(() => {})
    await forward.said(
      /an error occurred forwarding \d+ -> 9999: error forwarding port 9999 to pod .*connection refused/,
    )
    await forward.end()
  })

  test('top shows what programs say that they use, and nothing for those that say nothing', async () => {
    expect(await ok('top pod web')).toMatch(/^NAME +CPU\(cores\) +MEMORY\(bytes\) *\nweb +250m +64Mi *\n$/)
    expect(await ok('top pod two --containers')).toMatch(/two +shell +0m +0Mi/)
    expect(await ok('top pod -l app=web --no-headers')).toMatch(/^web +250m +64Mi *\n$/)
    const nodes = await ok('top node')
    expect(nodes).toMatch(/^NAME +CPU\(cores\) +CPU\(%\) +MEMORY\(bytes\) +MEMORY\(%\) *\nnode-1 /)
    expect(nodes).toMatch(/node-\d +250m +6% +64Mi +0%/)
    expect((await kubectl('top pod nobody')).stderr).toContain('podmetrics.metrics.k8s.io "default/nobody" not found')
    expect(await ok('api-resources --api-group=metrics.k8s.io')).toMatch(
      /pods +metrics\.k8s\.io\/v1beta1 +true +PodMetrics/,
    )
    expect(JSON.parse(await ok('get --raw /apis/metrics.k8s.io/v1beta1/nodes/node-1'))).toMatchObject({
      kind: 'NodeMetrics',
      metadata: { name: 'node-1' },
    })
  })

  test('proxies lead to programs, behind a service too', async () => {
    const path = '/api/v1/namespaces/default'
    expect(await ok(`get --raw ${path}/pods/web:8080/proxy/a/b?c=1`)).toBe('GET /a/b?c=1 \n')
    expect(await ok(`get --raw ${path}/pods/web/proxy/`)).toBe('GET / \n')
    expect(await ok(`get --raw ${path}/services/web:main/proxy/s`)).toBe('GET /s \n')
    expect(await ok(`get --raw ${path}/services/http:web:80/proxy/s`)).toBe('GET /s \n')
    expect(await ok(`create --raw ${path}/pods/web:8080/proxy/new -f -`, 'not json')).toBe('POST /new not json\n')
    expect((await kubectl(`get --raw ${path}/pods/web:9/proxy/`)).stderr).toContain('connection refused')
    expect((await kubectl(`get --raw ${path}/services/web:81/proxy/`)).stderr).toContain(
      'no service port 81 found for service "web"',
    )
  })

  test("a node's proxy leads to the pages of its kubelet", async () => {
    const node = await ok('get pod web -o jsonpath={.spec.nodeName}')
    const page = (path: string) => ok(`get --raw /api/v1/nodes/${node}/proxy/${path}`)
    expect(await page('healthz')).toBe('ok')
    expect(await page('metrics')).toMatch(/^kubelet_\w+/m)
    expect(JSON.parse(await page('configz'))).toMatchObject({ kubeletconfig: { maxPods: 110 } })
    expect(JSON.parse(await page('pods')).items.map((one: KubeObject) => one.metadata.name)).toContain('web')
    const stats = JSON.parse(await page('stats/summary'))
    expect(stats.node).toMatchObject({ nodeName: node, cpu: { usageNanoCores: 250_000_000 } })
    expect(stats.pods).toContainEqual(
      expect.objectContaining({
        podRef: expect.objectContaining({ name: 'web' }),
        memory: expect.objectContaining({ usageBytes: 67_108_864 }),
      }),
    )
    expect((await kubectl(`get --raw /api/v1/nodes/${node}/proxy/nothing`)).code).not.toBe(0)
  })

  test('a node that is out of reach says so', async () => {
    const name = await ok('get pod web -o jsonpath={.spec.nodeName}')
    const node = cluster.nodes.get(name)
    node.stopKubelet()
    const refused = await kubectl('logs web')
    expect(refused.stderr).toMatch(/Error from server.*dial tcp 192\.168\.0\.\d:10250: connect: connection refused/)
    await node.startKubelet()
    expect(await ok('logs web')).toBe('web is up\n')
  })

  test('debug puts an ephemeral container into a pod, and its logs and processes can be reached', async () => {
    const made = await kubectl('debug web --image=busybox --container=looks --quiet -- sleep 1000')
    expect(made.code, made.stderr).toBe(0)
    await ok(
      'wait --for=jsonpath={.status.ephemeralContainerStatuses[0].state.running.startedAt} pod/web --timeout=30s',
    )
    expect(await ok("exec web -c looks -- sh -c 'echo inside'")).toBe('inside\n')
    expect(await ok('get pod web -o jsonpath={.spec.ephemeralContainers[0].image}')).toBe('busybox')
    expect(await ok('get pod web -o jsonpath={.status.containerStatuses[0].restartCount}')).toBe('0')
  })

  test('cordon, drain and uncordon work as against a real cluster', async () => {
    const manifest = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'moves' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'moves' } },
        template: { metadata: { labels: { app: 'moves' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    }
    await ok('apply -f -', JSON.stringify(manifest))
    await ok('rollout status deployment/moves --timeout=30s')
    const refused = await kubectl('drain node-1 node-2 --timeout=20s')
    expect(refused.stderr).toContain('cannot delete Pods that declare no controller (use --force to override)')
    await ok('uncordon node-2')
    expect(await ok('get node node-1')).toContain('Ready,SchedulingDisabled')
    await ok('drain node-1 --force --grace-period=1 --timeout=30s')
    await ok('rollout status deployment/moves --timeout=30s')
    expect(await ok('get pods -l app=moves -o jsonpath={.items[*].spec.nodeName}')).toBe('node-2 node-2')
    expect(await ok('uncordon node-1')).toContain('uncordoned')
  })
})
