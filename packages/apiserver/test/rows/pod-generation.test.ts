import { beforeAll, describe, expect, it } from 'vitest'
import { burstable, container, cpu, startWithPods } from './pods.ts'

let api: Awaited<ReturnType<typeof startWithPods>>
beforeAll(async () => {
  api = await startWithPods()
})

const generation = async (name: string) => (await api.get(name)).metadata.generation
const conditionsOf = async (name: string) =>
  (await api.get(name)).status.conditions?.map(({ type, observedGeneration }) => [type, observedGeneration])
const ready = (observedGeneration?: number, type = 'Ready') => ({
  type,
  status: 'True',
  ...(observedGeneration !== undefined && { observedGeneration }),
})

describe('Pod generation and observedGeneration (KEP-5067)', () => {
  it('rule 1: a new pod has generation 1, whatever the client says', async () => {
    const sent = { metadata: { generation: 100 }, status: { observedGeneration: 7, conditions: [ready(7)] } }
    const { metadata, status } = await api.create('new', {}, sent)
    expect(metadata.generation).toBe(1)
    expect(status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' })
  })

  it('C1: the ladder', async () => {
    const initContainers = [{ name: 'i', image: 'i' }]
    const created = await api.create('ladder', { initContainers }, { metadata: { generation: 100 } })
    expect(created.metadata.generation).toBe(1)
    const steps: readonly [patch: object, generation: number][] = [
      [{}, 1],
      [{ spec: { tolerations: [{ key: 'k', operator: 'Exists' }] } }, 2],
      [{ spec: { activeDeadlineSeconds: 5000 } }, 3],
      [{ spec: { containers: [{ name: 'a', image: 'a:2' }] } }, 4],
      [{ spec: { initContainers: [{ name: 'i', image: 'i:2' }] } }, 5],
      [{ metadata: { annotations: { a: 'b' } } }, 5],
      [{ metadata: { generation: 1 } }, 5],
      [{ metadata: { generation: 90 }, spec: { containers: [{ name: 'a', image: 'a:3' }] } }, 6],
    ]
    for (const [patch, expected] of steps) {
      await api.change('ladder', patch)
      expect(await generation('ladder')).toBe(expected)
      await api.report('ladder', { observedGeneration: expected })
      expect((await api.get('ladder')).status.observedGeneration).toBe(expected)
    }
  })

  it('rule 2: resizes and ephemeral containers count where the spec differs, equal quantities do not', async () => {
    await api.create('sizes', { containers: [container('a', burstable)] })
    await api.resize('sizes', cpu('150m'))
    expect(await generation('sizes')).toBe(2)
    await api.resize('sizes', cpu('0.15'))
    await api.change('sizes', { spec: { activeDeadlineSeconds: 3 } }, 'resize')
    await api.change('sizes', { spec: { activeDeadlineSeconds: 3 } }, 'ephemeralcontainers')
    await api.change('sizes', { spec: { activeDeadlineSeconds: 3 } }, 'status')
    expect(await generation('sizes')).toBe(2)
    await api.change('sizes', { spec: { ephemeralContainers: [{ name: 'e', image: 'e' }] } }, 'ephemeralcontainers')
    expect(await generation('sizes')).toBe(3)
  })

  it('rule 2: a refusal and a dry run change nothing', async () => {
    await api.create('refused', {})
    expect((await api.change('refused', { spec: { hostNetwork: true } })).status).toBe(422)
    const headers = { 'content-type': 'application/merge-patch+json' }
    const query = { dryRun: ['All'] }
    const path = '/api/v1/namespaces/default/pods/refused'
    const { body } = await api.ask('PATCH', path, { spec: { activeDeadlineSeconds: 9 } }, { headers, query })
    expect(body.metadata?.['generation']).toBe(2)
    expect(await generation('refused')).toBe(1)
  })

  it('rule 3: a negative grace period is 1 from the start; gates may go and selectors come while a pod is gated', async () => {
    const { spec } = await api.create('grace', { terminationGracePeriodSeconds: -5 })
    expect(spec['terminationGracePeriodSeconds']).toBe(1)
    await api.create('gated', { schedulingGates: [{ name: 'x.y/z' }] })
    await api.change('gated', { spec: { nodeSelector: { a: 'b' } } })
    expect(await generation('gated')).toBe(2)
    await api.edit('gated', [{ op: 'remove', path: '/spec/schedulingGates' }])
    expect(await generation('gated')).toBe(3)
    expect((await api.change('gated', { spec: { nodeSelector: { c: 'd' } } })).status).toBe(422)
    expect((await api.change('gated', { spec: { activeDeadlineSeconds: 9 } })).status).toBe(200)
    expect((await api.change('gated', { spec: { activeDeadlineSeconds: 10 } })).status).toBe(422)
    expect(await generation('gated')).toBe(4)
  })

  it('rule 4: a binding is no change, and its condition carries no generation', async () => {
    await api.create('bound', {})
    expect((await api.bind('bound')).status).toBe(201)
    const { metadata, spec } = await api.get('bound')
    expect([metadata.generation, spec['nodeName']]).toEqual([1, 'node'])
    expect(await conditionsOf('bound')).toEqual([['PodScheduled', undefined]])
  })

  it('C3 and rule 5: the first graceful delete counts, a shorter one does not', async () => {
    await api.create('ends', { nodeName: 'node' })
    await api.report('ends', { phase: 'Running' })
    await api.remove('ends', { gracePeriodSeconds: 60 })
    expect(await generation('ends')).toBe(2)
    await api.remove('ends', { gracePeriodSeconds: 10 })
    const { metadata } = await api.get('ends')
    expect([metadata.generation, metadata['deletionGracePeriodSeconds']]).toEqual([2, 10])
  })

  it('rule 5: a deletion that finalizers hold counts once, too', async () => {
    await api.create('held', {}, { metadata: { finalizers: ['x.y/z'] } })
    await api.remove('held')
    await api.remove('held', { gracePeriodSeconds: 0 })
    expect(await generation('held')).toBe(2)
  })

  it('rule 6: a pod that an old server stored stays at 0 until its spec changes', async () => {
    const { ask, server, create, get, merge, remove } = await startWithPods()
    const stored = async (name: string) => {
      await create(name, { nodeName: 'node' })
      const { items } = await server.storage.range({ prefix: '/registry/' })
      const found = items.find(({ key, value }) => key.includes('/pods/') && value.metadata.name === name)
      if (found === undefined) throw new Error('the pod is not stored')
      const { generation: _, ...metadata } = found.value.metadata
      await server.storage.txn([], [{ type: 'put', key: found.key, value: { ...found.value, metadata } }])
      return async () => (await get(name)).metadata.generation ?? 0
    }
    const changed = await stored('changed')
    await merge('changed', { metadata: { labels: { a: 'b' } } })
    expect(await changed()).toBe(0)
    await merge('changed', { spec: { activeDeadlineSeconds: 5 } })
    expect(await changed()).toBe(1)
    const deleted = await stored('deleted')
    await remove('deleted', { gracePeriodSeconds: 30 })
    expect(await deleted()).toBe(0)
    expect(
      (await ask('GET', '/api/v1/namespaces/default/pods/deleted')).body.metadata?.['deletionTimestamp'],
    ).toBeDefined()
  })

  it('rule 7: a status without generations keeps those that are stored, and lower ones are allowed', async () => {
    await api.create('kept', {})
    const twice = [ready(4), ready(3, 'a.b/c'), ready(2, 'a.b/c')]
    await api.report('kept', { observedGeneration: 5, conditions: twice })
    await api.report('kept', {
      observedGeneration: 0,
      conditions: [ready(0, 'a.b/c'), ready(), ready(undefined, 'a.b/c')],
    })
    expect((await api.get('kept')).status.observedGeneration).toBe(5)
    expect(await conditionsOf('kept')).toEqual([
      ['a.b/c', 3],
      ['Ready', 4],
      ['a.b/c', 2],
    ])
    await api.report('kept', { observedGeneration: 1, conditions: [ready(1)] })
    expect((await api.get('kept')).status.observedGeneration).toBe(1)
    expect(await conditionsOf('kept')).toEqual([['Ready', 1]])
  })

  it('rule 10: the condition of the eviction subresource carries no generation', async () => {
    await api.create('evicted', { nodeName: 'node' })
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'evicted' } }
    const { status } = await api.ask('POST', '/api/v1/namespaces/default/pods/evicted/eviction', eviction)
    expect(status).toBe(201)
    expect(await conditionsOf('evicted')).toEqual([['DisruptionTarget', undefined]])
    expect(await generation('evicted')).toBe(2)
  })

  it('BAD: generations below zero are refused, and what clears them leaves them', async () => {
    await api.create('bad', {})
    await api.report('bad', { observedGeneration: 3, conditions: [ready(2)] })
    const before = await api.get('bad')
    const top = 'status.observedGeneration: Invalid value: -1: must be a non-negative integer'
    const inner = 'status.conditions[0].observedGeneration: Invalid value: -1: must be a non-negative integer'
    const negative = { observedGeneration: -1 }
    const refusals: readonly [object, string][] = [
      [negative, top],
      [{ conditions: [ready(-1)] }, inner],
      [{ ...negative, conditions: [ready(-1)] }, `[${inner}, ${top}]`],
    ]
    for (const [status, errors] of refusals)
      expect(await api.report('bad', status)).toMatchObject({ status: 422, message: `Pod "bad" is invalid: ${errors}` })
    expect(await api.get('bad')).toEqual(before)
    await api.report('bad', { observedGeneration: null, conditions: [ready()] })
    expect((await api.get('bad')).status).toEqual(before.status)
  })
})
