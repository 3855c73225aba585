import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { Cluster, NodesFileError, readNodeShapes } from 'kube-bonsai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bonsai } from './support/cli.ts'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'bonsai-nodes-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

function file(name: string, text: string): string {
  const path = join(home, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}

const pod = `apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - {name: a, image: app, resources: {requests: {cpu: 6}}}
`

describe('a file of nodes', () => {
  it('gives a shape for each node, several for a count, and equal NUMA nodes for a machine', async () => {
    const shapes = await readNodeShapes(`
nodes:
- name: worker
  count: 2
  cpu: 8
  memory: 32Gi
  labels: {disk: ssd}
  taints: [{key: dedicated, value: gpu, effect: NoSchedule}]
- name: big
  extended: {example.com/gpu: 4}
  host:
    machine: {sockets: 2, numaPerSocket: 1, coresPerNuma: 4, threadsPerCore: 2, memoryPerNuma: 16Gi}
    runtime: {version: 1.7.0, imageDiskBytes: 50Gi}
    swapBytes: 1Gi
    flags: {failSwapOn: false}
`)
    expect(shapes.map(({ name }) => name)).toEqual(['worker-1', 'worker-2', 'big'])
    expect(shapes[1]).toEqual({
      name: 'worker-2',
      cpu: '8',
      memory: '32Gi',
      labels: { disk: 'ssd' },
      taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }],
    })
    const { machine, ...host } = shapes[2]?.host ?? {}
    expect(machine?.nodes.map(({ memory, cores }) => [memory, cores.length])).toEqual([
      [2n ** 34n, 4],
      [2n ** 34n, 4],
    ])
    expect(host).toEqual({
      runtime: { version: '1.7.0', imageDiskBytes: 50 * 2 ** 30 },
      swapBytes: 2 ** 30,
      flags: { failSwapOn: false },
    })
    const cluster = await Cluster.create({ nodes: shapes })
    const { items } = await cluster.client.nodes().list()
    expect(items.map(({ metadata, status }) => [metadata.name, status?.capacity?.['cpu']])).toEqual([
      ['big', '16'],
      ['worker-1', '8'],
      ['worker-2', '8'],
    ])
    cluster.close()
  })

  it('names line, column and field of what is wrong, and what is expected', async () => {
    const problem = async (text: string) => {
      const error = await readNodeShapes(text, { file: 'n.yaml' }).catch((thrown: unknown) => thrown)
      return error instanceof NodesFileError ? error.message : error
    }
    expect(await problem('')).toBe('n.yaml:1:1: the file is empty; write a list of nodes')
    expect(await problem('nodes: 3')).toBe('n.yaml:1:1: nodes: a list of nodes is expected')
    expect(await problem('nodes:\n- cpu: 4')).toBe('n.yaml:2:3: nodes[0].name: is missing')
    expect(await problem('nodes:\n- name: a\n  cpus: 4')).toMatch(
      /^n.yaml:3:3: nodes\[0\].cpus: unknown field; known are name, count, cpu, memory,/,
    )
    expect(await problem('nodes:\n- name: a\n  cpu: four')).toBe(
      'n.yaml:3:3: nodes[0].cpu: a quantity such as 500m or 16Gi is expected, not "four"',
    )
    expect(await problem('nodes:\n- {name: a, memory: -1}')).toMatch(/^n.yaml:2:13: nodes\[0\].memory: a quantity/)
    expect(await problem('nodes:\n- {name: a, count: 0}')).toMatch(/nodes\[0\].count: a whole number from 1 to 10000/)
    expect(await problem('nodes:\n- {name: a, host: {cgroupVersion: 3}}')).toBe(
      'n.yaml:2:20: nodes[0].host.cgroupVersion: 1 or 2 is expected',
    )
    expect(await problem('nodes:\n- {name: a, taints: [{key: k, effect: Never}]}')).toBe(
      'n.yaml:2:31: nodes[0].taints[0].effect: NoSchedule, PreferNoSchedule, NoExecute is expected',
    )
    expect(await problem('nodes:\n- {name: a}\n- {name: a}')).toBe('n.yaml:1:1: nodes: there are two nodes "a"')
    expect(await problem('nodes:\n- {name: a, host: {config: k.yaml}}')).toBe(
      'n.yaml:2:20: nodes[0].host.config: k.yaml is not among host.files',
    )
    expect(await problem('nodes: [{name: a}')).toMatch(/^n.yaml:1:\d+: /)
  })

  it('always gives shapes or says what is wrong, whatever it holds', async () => {
    const field = fc.constantFrom('name', 'count', 'cpu', 'host', 'labels', 'taints', 'extended', '__proto__', 'other')
    const entry = fc.dictionary(field, fc.oneof(fc.constantFrom('a', '4', 2, -1), fc.jsonValue()))
    const value = fc.oneof(fc.jsonValue(), fc.record({ nodes: fc.array(fc.oneof(entry, fc.jsonValue())) }))
    await fc.assert(
      fc.asyncProperty(value, async (one) => {
        try {
          for (const { name } of await readNodeShapes(JSON.stringify(one))) expect(name).not.toBe('')
        } catch (error) {
          expect(error).toBeInstanceOf(NodesFileError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('bonsai run --nodes FILE', () => {
  it('has the nodes of the file, whose kubelets read the configuration beside it', async () => {
    file(
      'kubelet.yaml',
      'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nsystemReserved: {cpu: 500m}\n',
    )
    file('drop-ins/10.conf', 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 7\n')
    const nodes = file(
      'nodes.yaml',
      'nodes:\n- {name: small}\n- {name: large, cpu: 8, host: {config: kubelet.yaml, configDir: drop-ins}}\n',
    )
    const { code, out } = await bonsai(['run', '-f', '-', '--nodes', nodes, '-o', 'json'], pod)
    expect(code).toBe(0)
    const { items } = JSON.parse(out) as { items: readonly Record<string, never>[] }
    const find = (kind: string, name: string) =>
      items.find(({ kind: own, metadata }) => own === kind && metadata?.['name'] === name) as unknown as {
        readonly spec: { readonly nodeName: string }
        readonly status: { readonly allocatable: Readonly<Record<string, string>> }
      }
    expect(find('Node', 'large').status.allocatable).toMatchObject({ cpu: '7500m', pods: '7' })
    expect(find('Pod', 'p').spec.nodeName).toBe('large')
  })

  it('says what to do about a file that is wrong, and about a kubelet that does not start', async () => {
    const run = (nodes: string) => bonsai(['run', '-f', '-', '--nodes', nodes], pod)
    expect(await run('many')).toMatchObject({
      code: 2,
      err: 'error: --nodes many: neither a number nor a file\nGive a whole number, such as 5, or a file that describes nodes.\n',
    })
    expect((await run('-3')).err).toContain('Give a whole number from 0 to 10000, or a file that describes nodes.')
    const wrong = file('wrong.yaml', 'nodes:\n- {name: a, cpu: none}\n')
    expect((await run(wrong)).err).toContain(`error: ${wrong}:2:13: nodes[0].cpu: a quantity`)
    const old = file('old.yaml', 'nodes:\n- {name: a, host: {cgroupVersion: 1}}\n')
    const { code, err } = await run(old)
    expect(code).toBe(1)
    expect(err).toContain('cgroup v1')
    expect(err).not.toContain('    at ')
  })
})
