import { createFeatureGates } from '@kube-bonsai/feature-gates'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  defaultConfiguration,
  defaultMultiPoint,
  extensionPoints,
  parseConfiguration,
  Scheduler,
} from '../src/index.ts'

const gates = createFeatureGates()
const parse = (document: unknown) => parseConfiguration(document, gates)

/** The plugins at each point of the first profile. */
function pointsOf(document: unknown): Readonly<Record<string, readonly string[]>> {
  const [framework] = new Scheduler({ now: () => 0, gates, configuration: parse(document) }).frameworks.values()
  return Object.fromEntries(
    extensionPoints.map((point) => [point, framework?.plugins[point].map(({ name }) => name) ?? []]),
  )
}

describe('a configuration', () => {
  test('that says nothing is the default one', () => {
    expect(parse({})).toEqual(defaultConfiguration(gates))
    expect(
      defaultMultiPoint(gates).map(({ name, weight }) => (weight ? `${name} ${weight}` : name)),
    ).toMatchInlineSnapshot(`
      [
        "SchedulingGates",
        "PrioritySort",
        "NodeUnschedulable",
        "NodeName",
        "TaintToleration 3",
        "NodeAffinity 2",
        "NodePorts",
        "NodeResourcesFit 1",
        "VolumeRestrictions",
        "NodeVolumeLimits",
        "VolumeBinding",
        "VolumeZone",
        "PodTopologySpread 2",
        "InterPodAffinity 2",
        "DynamicResources 2",
        "DefaultPreemption",
        "NodeResourcesBalancedAllocation 1",
        "ImageLocality 1",
        "DefaultBinder",
      ]
    `)
  })

  test('gates add their plugins at the end', () => {
    const set = { NodeDeclaredFeatures: true, GenericWorkload: true, GangScheduling: true }
    const names = defaultMultiPoint(createFeatureGates({ set })).map(({ name }) => name)
    expect(names.slice(-2)).toEqual(['NodeDeclaredFeatures', 'GangScheduling'])
  })

  test('that switches everything off but two plugins has only those', () => {
    const multiPoint = {
      disabled: [{ name: '*' }],
      enabled: ['PrioritySort', 'NodeName', 'DefaultBinder'].map((name) => ({ name })),
    }
    const points = pointsOf({ profiles: [{ plugins: { multiPoint } }] })
    expect(points).toMatchObject({
      queueSort: ['PrioritySort'],
      filter: ['NodeName'],
      bind: ['DefaultBinder'],
      score: [],
    })
  })

  test('that lists a default plugin again keeps its place and takes its weight', () => {
    const configuration = parse({
      profiles: [{ plugins: { multiPoint: { enabled: [{ name: 'TaintToleration', weight: 10 }] } } }],
    })
    const [framework] = new Scheduler({ now: () => 0, gates, configuration }).frameworks.values()
    expect(framework?.weights.get('TaintToleration')).toBe(10)
    expect(framework?.plugins.score.map(({ name }) => name)).toEqual(pointsOf({})['score'])
  })

  test('plugins listed at a point run before those of MultiPoint', () => {
    const points = pointsOf({ profiles: [{ plugins: { score: { enabled: [{ name: 'ImageLocality', weight: 5 }] } } }] })
    expect(points['score']?.[0]).toBe('ImageLocality')
  })

  test('extenders and values of the wrong type are refused by name', () => {
    expect(() => parse({ extenders: [{ urlPrefix: 'http://x' }] })).toThrow('unsupported: extenders')
    expect(() => parse({ profiles: [{ schedulerName: 7 }] })).toThrow('profiles[0].schedulerName: expected a string')
    expect(() => parse({ __proto__: { a: 1 }, parallelism: {} })).toThrow('parallelism: expected an integer')
    expect(() => parse('text')).toThrow('expected an object')
  })

  test('any edit gives every point each plugin once at most, and the same again when resolved again', () => {
    const name = fc.constantFrom('NodeName', 'TaintToleration', 'NodePorts', 'ImageLocality', 'NodeAffinity')
    const set = fc.record({
      enabled: fc.uniqueArray(fc.record({ name, weight: fc.nat(100) }), { selector: (plugin) => plugin.name }),
      disabled: fc.array(fc.record({ name })),
    })
    fc.assert(
      fc.property(set, set, (multiPoint, preFilter) => {
        const enabled = preFilter.enabled.filter((plugin) => ['NodePorts', 'NodeAffinity'].includes(plugin.name))
        const document = { profiles: [{ plugins: { multiPoint, preFilter: { ...preFilter, enabled } } }] }
        const points = pointsOf(document)
        for (const names of Object.values(points)) expect(new Set(names).size).toBe(names.length)
        expect(pointsOf(document)).toEqual(points)
      }),
    )
  })
})
