import type { PodAffinityTerm, PodSpec } from '@kube-bonsai/api-types/core/v1'
import type { PodShape } from './cluster.ts'

/** Pods that are created together. */
export interface PodGroup {
  readonly count: number
  readonly namespace: string
  readonly shape: PodShape
}

/** A workload of upstream's scheduler_perf at one size. */
export interface Workload {
  readonly name: string
  readonly nodes: number
  readonly zones: readonly string[]
  readonly init: readonly PodGroup[]
  readonly measured: PodGroup
  /** The init pods stay without a node. */
  readonly initIsStuck?: boolean
}

const zoneKey = 'topology.kubernetes.io/zone'
const hostKey = 'kubernetes.io/hostname'
const namespaces = ['sched-1', 'sched-0']
const moons = ['moon-1', 'moon-2', 'moon-3']

const term = (color: string, topologyKey: string): PodAffinityTerm => ({
  labelSelector: { matchLabels: { color } },
  topologyKey,
  namespaces,
})
const colored = (color: string, spec: Partial<PodSpec>): PodShape => ({ labels: { color }, spec })
const required = (list: 'podAffinity' | 'podAntiAffinity', color: string, key: string): PodShape =>
  colored(color, { affinity: { [list]: { requiredDuringSchedulingIgnoredDuringExecution: [term(color, key)] } } })
const preferred = (list: 'podAffinity' | 'podAntiAffinity', color: string, key: string): PodShape =>
  colored(color, {
    affinity: {
      [list]: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term(color, key) }],
      },
    },
  })
const spreading = (whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'): PodShape =>
  colored('blue', {
    topologySpreadConstraints: [
      { maxSkew: 5, topologyKey: zoneKey, whenUnsatisfiable, labelSelector: { matchLabels: { color: 'blue' } } },
    ],
  })

const plain: PodShape = {}
const affinity = required('podAffinity', 'blue', zoneKey)
const antiAffinity = required('podAntiAffinity', 'green', hostKey)
const preferredAffinity = preferred('podAffinity', 'red', hostKey)
const preferredAntiAffinity = preferred('podAntiAffinity', 'yellow', hostKey)
const nodeAffinity: PodShape = {
  spec: {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: zoneKey, operator: 'In', values: ['zone1', 'zone2'] }] }],
        },
      },
    },
  },
}

/** What differs between workloads; counts are for 500 and for 5,000 nodes. */
interface Template {
  readonly zones?: readonly string[]
  readonly init: readonly { readonly shape: PodShape; readonly counts: readonly [number, number] }[]
  readonly measured: { readonly shape: PodShape; readonly counts: readonly [number, number] }
  readonly initIsStuck?: boolean
  /** Whether the workload has namespaces of its own. */
  readonly separate?: boolean
}

const templates: Readonly<Record<string, Template>> = {
  SchedulingBasic: {
    init: [{ shape: plain, counts: [500, 1000] }],
    measured: { shape: plain, counts: [1000, 10_000] },
  },
  SchedulingPodAntiAffinity: {
    init: [{ shape: antiAffinity, counts: [100, 1000] }],
    measured: { shape: antiAffinity, counts: [400, 2000] },
    separate: true,
  },
  SchedulingPodAffinity: {
    zones: ['zone1'],
    init: [{ shape: affinity, counts: [500, 5000] }],
    measured: { shape: affinity, counts: [1000, 5000] },
    separate: true,
  },
  SchedulingPreferredPodAffinity: {
    init: [{ shape: preferredAffinity, counts: [500, 5000] }],
    measured: { shape: preferredAffinity, counts: [1000, 5000] },
    separate: true,
  },
  SchedulingPreferredPodAntiAffinity: {
    init: [{ shape: preferredAntiAffinity, counts: [500, 5000] }],
    measured: { shape: preferredAntiAffinity, counts: [1000, 5000] },
    separate: true,
  },
  SchedulingNodeAffinity: {
    zones: ['zone1'],
    init: [{ shape: nodeAffinity, counts: [500, 5000] }],
    measured: { shape: nodeAffinity, counts: [1000, 10_000] },
  },
  TopologySpreading: {
    zones: moons,
    init: [{ shape: plain, counts: [1000, 5000] }],
    measured: { shape: spreading('DoNotSchedule'), counts: [1000, 5000] },
  },
  PreferredTopologySpreading: {
    zones: moons,
    init: [{ shape: plain, counts: [1000, 5000] }],
    measured: { shape: spreading('ScheduleAnyway'), counts: [1000, 5000] },
  },
  PreemptionBasic: {
    init: [{ shape: { cpu: '900m' }, counts: [2000, 20_000] }],
    measured: { shape: { cpu: '3', spec: { priority: 10 } }, counts: [500, 5000] },
  },
  Unschedulable: {
    init: [{ shape: { cpu: '9' }, counts: [10, 200] }],
    measured: { shape: plain, counts: [1000, 10_000] },
    initIsStuck: true,
  },
  MixedSchedulingBasePod: {
    zones: ['zone1'],
    init: [plain, affinity, antiAffinity, preferredAffinity, preferredAntiAffinity].map((shape) => ({
      shape,
      counts: [200, 2000] as const,
    })),
    measured: { shape: plain, counts: [1000, 5000] },
    separate: true,
  },
}

/** Names of the workloads, as upstream's. */
export const workloadNames: readonly string[] = Object.keys(templates)

/** The workload of that name for 500 or for 5,000 nodes; `pods` cuts the measured ones. */
export function workload(name: string, nodes: 500 | 5000, pods: number = Number.POSITIVE_INFINITY): Workload {
  const template = Object.hasOwn(templates, name) ? templates[name] : undefined
  if (template === undefined) throw new RangeError(`no workload ${name}; known: ${workloadNames.join(', ')}`)
  const size = nodes === 500 ? 0 : 1
  const { zones = [], init, measured, initIsStuck = false, separate = false } = template
  return {
    name,
    nodes,
    zones,
    init: init.map(({ shape, counts }) => ({ shape, count: counts[size], namespace: separate ? 'sched-0' : 'init' })),
    measured: {
      shape: measured.shape,
      count: Math.min(measured.counts[size], pods),
      namespace: separate ? 'sched-1' : 'measured',
    },
    initIsStuck,
  }
}
