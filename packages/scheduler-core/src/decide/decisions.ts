import type { DecideOptions } from './snapshot.ts'

/** What a plugin said, as decisions show it. */
export interface StatusReport {
  readonly plugin?: string
  readonly code: string
  readonly reasons: readonly string[]
}

/** What preempting on one node would evict. */
export interface CandidateReport {
  readonly victims: readonly string[]
  readonly pdbViolations: number
}

/** One attempt at one pod. Pods are named `namespace/name`. */
export interface PodDecision {
  readonly pod: string
  /** Absent for a pod that was never tried. */
  readonly attempt?: number
  readonly priority: number
  /** Absent for `default-scheduler`. */
  readonly profile?: string
  readonly result: 'scheduled' | 'unschedulable' | 'error' | 'gated' | 'skipped' | 'ignored'
  readonly node: string | null
  /** The nodes that passed all filters, sorted. */
  readonly feasible: readonly string[]
  /** The nodes with the highest total. */
  readonly best?: readonly string[]
  readonly finalScores?: Readonly<Record<string, number>>
  /** Per node and plugin the normalised score times its weight. */
  readonly pluginScores?: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly preFilter?: StatusReport
  readonly preFilterNodes?: readonly string[]
  readonly skippedFilter?: readonly string[]
  readonly skippedScore?: readonly string[]
  readonly filterFailures?: Readonly<Record<string, StatusReport>>
  readonly nodeHint?: string
  readonly reserve?: StatusReport
  readonly permit?: StatusReport
  readonly postFilter?: StatusReport
  readonly nominatedNode?: string
  readonly victims?: readonly string[]
  readonly bestCandidates?: readonly string[]
  readonly candidates?: Readonly<Record<string, CandidateReport>>
  readonly dryRunFailures?: Readonly<Record<string, StatusReport>>
  readonly reason?: 'Unschedulable' | 'SchedulerError'
  readonly message?: string
  readonly unschedulablePlugins?: readonly string[]
  /** The volume that each claim gets, or `<provision>`. */
  readonly volumes?: Readonly<Record<string, string>>
}

/** All decisions about a snapshot: attempts in their order, then the pods that were never tried. */
export interface Decisions {
  readonly scheduler: string
  readonly options: DecideOptions
  readonly featureGates?: Readonly<Record<string, boolean>>
  readonly percentageOfNodesToScore: number
  readonly profiles: readonly string[]
  readonly nodes: readonly string[]
  /** What was added to the snapshot, in words. */
  readonly added?: readonly string[]
  readonly decisions: readonly PodDecision[]
  readonly placements: Readonly<Record<string, string>>
  readonly unplaced: readonly string[]
  /** The pods that were preempted. */
  readonly deleted?: readonly string[]
}
