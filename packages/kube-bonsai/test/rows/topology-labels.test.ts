import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { Program, ProgramContext } from '@kube-bonsai/kubelet-model'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { pod, startCluster } from './rows.ts'

const zone = 'topology.kubernetes.io/zone'
const region = 'topology.kubernetes.io/region'

let running: Awaited<ReturnType<typeof startCluster>> | undefined
afterEach(() => running?.cluster.close())

/** A cluster whose nodes have these labels; `seen` holds what containers see, by the name of their pod. */
async function start(nodes: Readonly<Record<string, Readonly<Record<string, string>>>>, gate = true) {
  const seen = new Map<string, ProgramContext>()
  const looker: Program = {
    async run(context) {
      seen.set(context.pod.name, context)
      await context.terminated
      return 0
    },
  }
  running = await startCluster({
    nodes: Object.entries(nodes).map(([name, labels]) => ({ name, labels })),
    programs: { looker },
    ...(!gate && { featureGates: { PodTopologyLabelsAdmission: false } }),
  })
  return { ...running, seen }
}

const fieldOf = (key: string) => ({ fieldPath: `metadata.labels['${key}']` })

/** A pod that looks at its zone, by its environment and in a file. */
const looking = (name: string, labels: Readonly<Record<string, string>> = {}, spec: Partial<Pod['spec']> = {}): Pod => {
  const made = pod(name, '10m', {
    volumes: [{ name: 'v', downwardAPI: { items: [{ path: 'zone', fieldRef: fieldOf(zone) }] } }],
    ...spec,
  })
  const [container] = made.spec?.containers ?? []
  const env = [{ name: 'ZONE', valueFrom: { fieldRef: fieldOf(zone) } }]
  const volumeMounts = [{ name: 'v', mountPath: '/pod' }]
  return {
    ...made,
    metadata: { ...made.metadata, labels },
    spec: { ...made.spec, containers: [{ name: 'a', ...container, image: 'looker', env, volumeMounts }] },
  }
}

const binding = (name: string, labels: Readonly<Record<string, string>> = {}, target: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name, namespace: 'default', labels },
  target: { apiVersion: 'v1', kind: 'Node', name: 'n', ...target },
})
/** No scheduler of ours binds it. */
const unscheduled = { schedulerName: 'mine' }

describe('Node topology labels through the downward API (KEP-4742)', () => {
  it('C1, rule 6: a scheduled pod has the labels of its node, and its containers see them from the start', async () => {
    const { run, pods, seen } = await start({ n: { [zone]: 'a', [region]: 'r' } })
    await run(looking('p'))
    expect((await pods.get('p')).metadata.labels).toEqual({ [zone]: 'a', [region]: 'r' })
    expect(seen.get('p')?.env['ZONE']).toBe('a')
    expect(seen.get('p')?.files.read('/pod/zone')).toBe('a')
  })

  it('C2: what the creator says of them is overwritten', async () => {
    const { run, pods } = await start({ n: { [zone]: 'a' } })
    await run(looking('p', { [zone]: 'fake', own: 'kept' }))
    expect((await pods.get('p')).metadata.labels).toEqual({ [zone]: 'a', own: 'kept' })
  })

  it('C3: without labels on the node there are none on the pod, the variable is empty and the pod runs', async () => {
    const { run, pods, seen } = await start({ n: {} })
    await run(looking('p', { own: 'x' }))
    const { metadata, status } = await pods.get('p')
    expect(metadata.labels).toEqual({ own: 'x' })
    expect(status?.phase).toBe('Running')
    expect(seen.get('p')?.env['ZONE']).toBe('')
    expect(seen.get('p')?.files.read('/pod/zone')).toBe('')
  })

  it('C4, rule 4: a node that is relabelled changes the next pod, not those that run', async () => {
    const { run, pods, cluster, seen } = await start({ n: { [zone]: 'a' } })
    await run(looking('old'))
    await cluster.client.nodes().patch('n', 'merge', { metadata: { labels: { [zone]: 'b' } } })
    await run(looking('new'))
    expect((await pods.get('old')).metadata.labels?.[zone]).toBe('a')
    expect((await pods.get('new')).metadata.labels?.[zone]).toBe('b')
    expect([seen.get('old')?.env['ZONE'], seen.get('new')?.env['ZONE']]).toEqual(['a', 'b'])
  })

  it('rules 4, 6: users may edit the labels; a volume follows, a variable does not', async () => {
    const { run, patch, cluster, seen } = await start({ n: { [zone]: 'a' } })
    await run(looking('p'))
    await patch('p', { metadata: { labels: { [zone]: 'mine' } } })
    await cluster.advance('2m')
    expect(seen.get('p')?.files.read('/pod/zone')).toBe('mine')
    expect(seen.get('p')?.env['ZONE']).toBe('a')
  })

  it('C5, rule 2: all labels of a Binding reach the pod', async () => {
    const { pods } = await start({ n: { [zone]: 'a' } })
    await pods.create(looking('p', {}, unscheduled))
    await pods.createSubresource('p', 'binding', binding('p', { x: '1', [zone]: 'lie' }))
    expect((await pods.get('p')).metadata.labels).toEqual({ [zone]: 'a', x: '1' })
  })

  it('C5: with the gate off, neither does', async () => {
    const { pods } = await start({ n: { [zone]: 'a' } }, false)
    await pods.create(looking('p', { own: 'x' }, unscheduled))
    await pods.createSubresource('p', 'binding', binding('p', { x: '1' }))
    expect((await pods.get('p')).metadata.labels).toEqual({ own: 'x' })
  })

  it('rule 1: a node that nobody knows gives nothing, and no error', async () => {
    const { pods } = await start({ n: { [zone]: 'a' } })
    await pods.create(looking('p', { own: 'x' }, unscheduled))
    await pods.createSubresource('p', 'binding', binding('p', {}, { name: 'elsewhere' }))
    const { metadata, spec } = await pods.get('p')
    expect([metadata.labels, spec?.nodeName]).toEqual([{ own: 'x' }, 'elsewhere'])
  })

  it('rule 3: a pod that is made with its node gets the labels at once', async () => {
    const { pods } = await start({ n: { [zone]: 'a', [region]: 'r' } })
    const made = await pods.create(looking('p', { [zone]: 'fake' }, { nodeName: 'n' }))
    expect(made.metadata.labels).toEqual({ [zone]: 'a', [region]: 'r' })
  })

  it('rules 5, 7: other labels of the node are not copied, and the generation stays', async () => {
    const { run, pods } = await start({ n: { [zone]: 'a', disk: 'ssd', 'topology.kubernetes.io/rack': '7' } })
    await run(looking('p'))
    const { metadata } = await pods.get('p')
    expect([metadata.labels, metadata.generation]).toEqual([{ [zone]: 'a' }, 1])
  })

  it('BAD: binding a pod again is a conflict, and changes no label; labels of a Binding are not checked', async () => {
    const { pods, cluster, seen } = await start({ n: { [zone]: 'a' } })
    await pods.create(looking('p', {}, unscheduled))
    await pods.createSubresource('p', 'binding', binding('p', { odd: 'not a label!' }))
    const again = pods.createSubresource('p', 'binding', binding('p', { odd: 'other' }))
    await expect(again).rejects.toMatchObject({ status: { code: 409 } })
    expect((await pods.get('p')).metadata.labels).toEqual({ [zone]: 'a', odd: 'not a label!' })
    await cluster.settle()
    // It runs, but no update of the pod is valid any more, not even that of its status.
    expect(seen.has('p')).toBe(true)
    expect((await pods.get('p')).status?.phase).toBe('Pending')
    await expect(pods.patch('p', 'merge', { metadata: { annotations: { a: 'b' } } })).rejects.toMatchObject({
      status: { code: 422 },
    })
  })

  it('PROP: the two labels of a pod are always those that its node had when it was bound, and the others stay', async () => {
    const { cluster, pods, run } = await start({ n: {} })
    const value = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null })
    const own = fc.dictionary(fc.constantFrom('app', zone, region, 'x'), fc.constantFrom('u', 'v'))
    let count = 0
    await fc.assert(
      fc.asyncProperty(value, value, own, async (ofZone, ofRegion, labels) => {
        const name = `p-${++count}`
        await cluster.client
          .nodes()
          .patch('n', 'merge', { metadata: { labels: { [zone]: ofZone, [region]: ofRegion } } })
        await run(pod(name, '1m', {}), { ...looking(`q-${count}`, labels) })
        const node = { ...(ofZone && { [zone]: ofZone }), ...(ofRegion && { [region]: ofRegion }) }
        expect((await pods.get(name)).metadata.labels ?? {}).toEqual(node)
        expect((await pods.get(`q-${count}`)).metadata.labels ?? {}).toEqual({ ...labels, ...node })
        await pods.delete(name)
        await pods.delete(`q-${count}`)
        await cluster.settle()
      }),
      { numRuns: 30 },
    )
  })
})
