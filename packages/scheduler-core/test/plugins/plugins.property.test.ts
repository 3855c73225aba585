import type { PodAffinityTerm, TopologySpreadConstraint } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide, prepareSnapshot } from '../../src/index.ts'
import { hostname, node, pod, zone } from './cluster.ts'

const nodes = ['x', 'x', 'y', 'y', undefined].map((value, index) =>
  node(`node-${index}`, value === undefined ? {} : { [zone]: value }),
)
const placeOf = new Map(nodes.map(({ metadata }) => [metadata.name ?? '', metadata.labels ?? {}]))
const app = fc.constantFrom('web', 'db')
const key = fc.constantFrom(hostname, zone)
const term = fc.record({ app, topologyKey: key }).map(
  (given): PodAffinityTerm => ({
    topologyKey: given.topologyKey,
    labelSelector: { matchLabels: { app: given.app } },
  }),
)
const spread = fc.record({ app, topologyKey: key, maxSkew: fc.integer({ min: 1, max: 2 }), hard: fc.boolean() }).map(
  (given): TopologySpreadConstraint => ({
    topologyKey: given.topologyKey,
    maxSkew: given.maxSkew,
    whenUnsatisfiable: given.hard ? 'DoNotSchedule' : 'ScheduleAnyway',
    labelSelector: { matchLabels: { app: given.app } },
  }),
)
const weighted = fc.record({ weight: fc.integer({ min: 1, max: 100 }), podAffinityTerm: term })
const some = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 1 })
const shape = fc.record({
  app,
  near: some(term),
  away: some(term),
  likes: some(weighted),
  dislikes: some(weighted),
  spread: some(spread),
  cpu: fc.constantFrom('100m', '1', '2'),
})
const cluster = fc.array(shape, { minLength: 1, maxLength: 14 }).map((shapes) =>
  shapes.map((given, index) =>
    pod(
      `pod-${index}`,
      {
        containers: [{ name: 'main', image: 'app', resources: { requests: { cpu: given.cpu } } }],
        topologySpreadConstraints: given.spread,
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: given.near,
            preferredDuringSchedulingIgnoredDuringExecution: given.likes,
          },
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: given.away,
            preferredDuringSchedulingIgnoredDuringExecution: given.dislikes,
          },
        },
      },
      { app: given.app },
    ),
  ),
)
const weights: Readonly<Record<string, number>> = {
  InterPodAffinity: 2,
  PodTopologySpread: 2,
  NodeAffinity: 2,
  TaintToleration: 3,
}

test('every normalised score is within 0 and 100', () => {
  fc.assert(
    fc.property(cluster, (pods) => {
      for (const { pluginScores = {} } of decide(prepareSnapshot({ objects: [...nodes, ...pods] })).decisions) {
        for (const scores of Object.values(pluginScores)) {
          for (const [plugin, score] of Object.entries(scores)) {
            expect(score).toBeGreaterThanOrEqual(0)
            expect(score).toBeLessThanOrEqual(100 * (weights[plugin] ?? 1))
          }
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('a placement never breaks a hard constraint of its own or of a pod already there', () => {
  fc.assert(
    fc.property(cluster, (pods) => {
      const byKey = new Map(pods.map((one) => [`default/${one.metadata.name}`, one]))
      const placed: { readonly one: (typeof pods)[number]; readonly at: Readonly<Record<string, string>> }[] = []
      for (const { pod: name, node: where } of decide(prepareSnapshot({ objects: [...nodes, ...pods] })).decisions) {
        const one = byKey.get(name)
        const at = placeOf.get(where ?? '')
        if (one === undefined || at === undefined) continue
        const avoids = (from: typeof one, other: typeof one, place: typeof at, otherPlace: typeof at) =>
          (from.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
            ({ topologyKey, labelSelector }) =>
              labelSelector?.matchLabels?.['app'] === other.metadata.labels?.['app'] &&
              place[topologyKey] !== undefined &&
              place[topologyKey] === otherPlace[topologyKey],
          )
        for (const other of placed) {
          expect(avoids(one, other.one, at, other.at)).toBe(false)
          expect(avoids(other.one, one, other.at, at)).toBe(false)
        }
        for (const near of one.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
          const wanted = near.labelSelector?.matchLabels?.['app']
          const group = placed.filter((other) => other.one.metadata.labels?.['app'] === wanted)
          const value = at[near.topologyKey]
          const company = group.some((other) => other.at[near.topologyKey] === value)
          const first =
            wanted === one.metadata.labels?.['app'] && group.every((other) => other.at[near.topologyKey] === undefined)
          expect(value !== undefined && (company || first)).toBe(true)
        }
        placed.push({ one, at })
        for (const constraint of one.spec?.topologySpreadConstraints ?? []) {
          if (constraint.whenUnsatisfiable !== 'DoNotSchedule') continue
          const wanted = constraint.labelSelector?.matchLabels?.['app']
          const count = (value: string | undefined) =>
            placed.filter(
              (other) => other.one.metadata.labels?.['app'] === wanted && other.at[constraint.topologyKey] === value,
            ).length
          const domains = [...placeOf.values()].flatMap((labels) => labels[constraint.topologyKey] ?? [])
          const least = Math.min(...domains.map(count))
          expect(at[constraint.topologyKey]).toBeDefined()
          if (wanted === one.metadata.labels?.['app'])
            expect(count(at[constraint.topologyKey]) - least).toBeLessThanOrEqual(Math.max(constraint.maxSkew, 1))
        }
      }
    }),
    { numRuns: 60 },
  )
})
