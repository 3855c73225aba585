import { semanticEqual } from '@kube-bonsai/apimachinery'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { burstable, container, startWithPods } from './pods.ts'

type Api = Awaited<ReturnType<typeof startWithPods>>
type Request = (api: Api) => Promise<unknown>

const small = fc.integer({ min: 0, max: 3 })
/** What clients send beside their change; the server overrules it. */
const claimed = fc.option(fc.integer({ min: -3, max: 1000 }), { nil: undefined }).map((generation) => ({
  ...(generation !== undefined && { generation }),
}))

const changes = fc.oneof(
  small.map((n) => ({ containers: [{ name: 'a', image: `a:${n}` }] })),
  small.map((n) => ({ initContainers: [{ name: 'i', image: `i:${n}` }] })),
  small.map((n) => ({ activeDeadlineSeconds: 100 - n })),
  small.map((n) => ({ tolerations: [{ key: `k${n}`, operator: 'Exists' }] })),
  small.map((n) => ({ terminationGracePeriodSeconds: n - 1 })),
  small.map((n) => ({ nodeSelector: { a: String(n) } })),
  fc.constant({ schedulingGates: [{ $patch: 'delete', name: 'x.y/z' }] }),
  fc.constant({ hostNetwork: true }),
  fc.constant({}),
)
const amounts = fc.constantFrom('100m', '0.1', '150m', '0.15', '5')

const named = (kind: string, request: Request) => ({ kind, request, toString: () => kind })
const requests = fc.oneof(
  fc
    .tuple(changes, claimed, fc.constantFrom('', 'status', 'resize', 'ephemeralcontainers'))
    .map(([spec, metadata, subresource]) =>
      named(`change ${subresource} ${JSON.stringify({ spec, metadata })}`, ({ change }) =>
        change('p', { metadata, spec }, subresource),
      ),
    ),
  amounts.map((cpu) => named(`resize ${cpu}`, ({ resize }) => resize('p', { requests: { cpu } }))),
  small.map((n) =>
    named(`ephemeral ${n}`, ({ change }) =>
      change('p', { spec: { ephemeralContainers: [{ name: `e${n}`, image: 'e' }] } }, 'ephemeralcontainers'),
    ),
  ),
  small.map((n) => named(`label ${n}`, ({ merge }) => merge('p', { metadata: { labels: { a: `${n}` } } }))),
  fc.constant(named('bind', ({ bind }) => bind('p'))),
  small.map((n) =>
    named(`delete ${n}`, ({ remove }) => remove('p', n === 3 ? { dryRun: ['All'] } : { gracePeriodSeconds: n * 10 })),
  ),
  fc.constant(
    named('evict', ({ ask }) =>
      ask('POST', '/api/v1/namespaces/default/pods/p/eviction', {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'p' },
      }),
    ),
  ),
  fc.constant(named('finalizer gone', ({ merge }) => merge('p', { metadata: { finalizers: null } }))),
  fc.constant(named('kubelet', async () => {})),
)
const starts = fc.record({ gated: fc.boolean(), held: fc.boolean(), bound: fc.boolean(), metadata: claimed })

describe('Pod generation and observedGeneration (KEP-5067)', () => {
  it('PROP: rises by one where the spec changed or the deletion began, and only then; the kubelet never gets ahead', async () => {
    let bumps = 0
    await fc.assert(
      fc.asyncProperty(starts, fc.array(requests, { maxLength: 12 }), async (how, history) => {
        const api = await startWithPods()
        const look = async () => {
          const { status, body } = await api.ask('GET', '/api/v1/namespaces/default/pods/p')
          return status === 200 ? (body as unknown as Awaited<ReturnType<Api['get']>>) : undefined
        }
        const spec = {
          containers: [container('a', burstable)],
          initContainers: [container('i')],
          ...(how.gated && { schedulingGates: [{ name: 'x.y/z' }] }),
          ...(how.bound && !how.gated && { nodeName: 'node' }),
        }
        const metadata = { ...how.metadata, ...(how.held && { finalizers: ['x.y/z'] }) }
        let before = await api.create('p', spec, { metadata })
        expect(before.metadata.generation).toBe(1)
        for (const { kind, request } of history) {
          const was = before.metadata.generation ?? 0
          if (kind === 'kubelet') await api.report('p', { phase: 'Running', observedGeneration: was })
          else await request(api)
          const after = await look()
          if (after === undefined) return
          const isFirstDeletion = 'deletionTimestamp' in after.metadata && !('deletionTimestamp' in before.metadata)
          const isChange = kind !== 'bind' && !semanticEqual(after.spec, before.spec)
          expect(isFirstDeletion && isChange).toBe(false)
          const rise = isFirstDeletion || isChange ? 1 : 0
          expect(after.metadata.generation).toBe(was + rise)
          bumps += rise
          const seen = after.status.observedGeneration ?? 0
          expect(seen).toBeLessThanOrEqual(was)
          if (kind === 'kubelet') expect(seen).toBe(was)
          before = after
        }
        await api.report('p', { observedGeneration: before.metadata.generation })
        const last = await api.get('p')
        expect(last.status.observedGeneration).toBe(last.metadata.generation)
      }),
      { numRuns: 200 },
    )
    expect(bumps).toBeGreaterThan(100)
  }, 60_000)
})
