import type { Container, Probe, ResourceRequirements } from '@kube-bonsai/api-types/core/v1'
import { compareQuantities } from '@kube-bonsai/quantity'
import fc from 'fast-check'
import { arbitraryName } from '../values/names.ts'
import { arbitraryCpu, arbitraryMemory } from '../values/quantities.ts'

const image = fc.constantFrom(
  'nginx',
  'nginx:1.29',
  'registry.example.com/team/app:v1',
  'busybox@sha256:'.concat('a'.repeat(64)),
)

const env = fc.uniqueArray(
  fc.record(
    { name: fc.constantFrom('A', 'B_1', 'PATH_EXTRA', 'x.y-z'), value: fc.string({ maxLength: 12 }) },
    { requiredKeys: ['name'], noNullPrototype: true },
  ),
  { maxLength: 3, selector: ({ name }) => name },
)

const probe: fc.Arbitrary<Probe> = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: 1, max: 65_535 }).map((port): Probe => ({ tcpSocket: { port } })),
      fc.integer({ min: 1, max: 65_535 }).map((port): Probe => ({ httpGet: { path: '/healthz', port } })),
      fc.constant<Probe>({ exec: { command: ['true'] } }),
    ),
    fc.record(
      { periodSeconds: fc.integer({ min: 1, max: 60 }), failureThreshold: fc.integer({ min: 1, max: 5 }) },
      { requiredKeys: [], noNullPrototype: true },
    ),
  )
  .map(([handler, times]) => ({ ...handler, ...times }))

/** Requests and limits of cpu and memory; a request is never above its limit. */
export const arbitraryResources: fc.Arbitrary<ResourceRequirements> = fc
  .record({ cpu: pair(arbitraryCpu), memory: pair(arbitraryMemory) }, { requiredKeys: [], noNullPrototype: true })
  .map((amounts) => {
    const side = (index: 0 | 1): Record<string, string> =>
      Object.fromEntries(
        Object.entries(amounts).flatMap(([name, values]) => (values?.[index] ? [[name, values[index]]] : [])),
      )
    return { requests: side(0), limits: side(1) }
  })

/** Request and limit in order; sometimes one of the two only. */
function pair(
  amount: fc.Arbitrary<string>,
): fc.Arbitrary<readonly [request?: string | undefined, limit?: string | undefined]> {
  return fc.tuple(amount, amount, fc.constantFrom('both', 'request', 'limit')).map(([a, b, which]) => {
    const [low, high] = compareQuantities(a, b) <= 0 ? [a, b] : [b, a]
    return which === 'both' ? [low, high] : which === 'request' ? [low, undefined] : [undefined, high]
  })
}

/** One container that the API accepts, without volume mounts; ports have names and numbers of their own. */
export function arbitraryContainer(name: fc.Arbitrary<string> = arbitraryName()): fc.Arbitrary<Container> {
  const port = fc.record(
    { containerPort: fc.integer({ min: 1, max: 65_535 }), protocol: fc.constantFrom('TCP', 'UDP') },
    { requiredKeys: ['containerPort'], noNullPrototype: true },
  )
  return fc.record(
    {
      name,
      image,
      command: fc.array(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 2 }),
      env,
      ports: fc.uniqueArray(port, { maxLength: 2, selector: ({ containerPort }) => containerPort }),
      resources: arbitraryResources,
      livenessProbe: probe,
      readinessProbe: probe,
      imagePullPolicy: fc.constantFrom('Always', 'IfNotPresent', 'Never'),
    },
    { requiredKeys: ['name', 'image'], noNullPrototype: true },
  )
}

/** One to three containers of different names. */
export function arbitraryContainers(): fc.Arbitrary<readonly [Container, ...Container[]]> {
  return fc
    .uniqueArray(arbitraryContainer(), { minLength: 1, maxLength: 3, selector: ({ name }) => name })
    .filter((list): list is [Container, ...Container[]] => list.length > 0)
}
