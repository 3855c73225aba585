import { execFileSync } from 'node:child_process'
import type { PodSpec } from '@kube-bonsai/api-types/core/v1'
import { type PodShape, perfNode, perfPod } from './cluster.ts'
import { Bench, type Driven } from './drive.ts'

/** One size of `oracle-schedule bench`. */
export interface RealBench {
  readonly nodes: number
  readonly existing: number
  readonly pods: number
  readonly profile: 'basic' | 'mixed'
}

/** Cycles of the real scheduler, single-threaded with the adaptive share of nodes. */
export interface RealFigures {
  readonly cyclesPerSecond: number
  readonly cpuMicrosPerCycle: number
}

/** Runs the real scheduler's benchmark; it makes four measurements, each of at most `seconds`. */
export function realFigures(
  program: string,
  { nodes, existing, pods, profile }: RealBench,
  seconds: number,
): RealFigures {
  const numbers = { nodes, existing, pods, seed: 1, seconds }
  const flags = Object.entries(numbers).flatMap(([name, value]) => [`-${name}`, `${value}`])
  const text = execFileSync(program, ['bench', ...flags, '-profile', profile], { encoding: 'utf8', maxBuffer: 1 << 24 })
  const runs: readonly {
    readonly percentageOfNodesToScore: number
    readonly parallelism: number
    readonly cyclesPerSecond: number
    readonly cpuMicrosecondsPerCycle: number
  }[] = JSON.parse(text).runs
  const single = runs.find((run) => run.percentageOfNodesToScore === 0 && run.parallelism === 1)
  if (single === undefined) throw new Error(`${program} bench measured nothing single-threaded`)
  return { cyclesPerSecond: single.cyclesPerSecond, cpuMicrosPerCycle: single.cpuMicrosecondsPerCycle }
}

/** The same kind of cluster for our scheduler: nodes of 16 CPUs in three zones, pods of 100 to 500 millicores. */
export function driveLikeReal({ nodes, existing, pods, profile }: RealBench, limit: number): Driven {
  const random = generator(1)
  const bench = new Bench()
  const { scheduler } = bench
  const zones = ['z-a', 'z-b', 'z-c']
  for (let index = 0; index < nodes; index++) {
    const node = perfNode(index, zones)
    const allocatable = { cpu: '16', memory: '64Gi', pods: '110', 'ephemeral-storage': '100Gi' }
    scheduler.nodeChanged(undefined, { ...node, status: { capacity: allocatable, allocatable } })
  }
  const shape = (): PodShape => {
    const app = ['web', 'api', 'db', 'cache'][random(4)] ?? 'web'
    return {
      cpu: `${(1 + random(5)) * 100}m`,
      labels: { app },
      ...(profile === 'mixed' && { spec: mixed(app, random(3)) }),
    }
  }
  for (let index = 0; index < existing; index++) {
    const made = shape()
    const spec = { ...made.spec, nodeName: `scheduler-perf-${index % nodes}` }
    scheduler.podChanged(undefined, perfPod(`run-${index}`, 'default', { ...made, spec }))
  }
  for (let index = 0; index < pods; index++)
    scheduler.podChanged(undefined, perfPod(`pod-${index}`, 'default', shape()))
  return bench.drain(limit)
}

function mixed(app: string, kind: number): Partial<PodSpec> {
  const labelSelector = { matchLabels: { app } }
  const [zone, host] = ['topology.kubernetes.io/zone', 'kubernetes.io/hostname']
  if (kind === 0) {
    return {
      topologySpreadConstraints: [
        { maxSkew: 5, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', labelSelector },
        { maxSkew: 1, topologyKey: host, whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
      ],
    }
  }
  const preferred = (weight: number, topologyKey: string) => ({
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: { topologyKey, labelSelector } }],
  })
  if (kind === 1) return { affinity: { podAntiAffinity: preferred(100, host) } }
  return { affinity: { podAffinity: preferred(50, zone) } }
}

/** Repeatable small integers. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
