import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'

/** How a snapshot is decided; none of these is a field of Kubernetes. */
export interface DecideOptions {
  /**
   * `once`: each pod is tried once, and again only when its own attempt changed the cluster or its gang called it.
   * `settle`: the queue with its hints runs until nothing moves.
   */
  readonly mode: 'once' | 'settle'
  /** `immediate`: victims vanish at once. `graceful`: they stay, being deleted, until all other pods had their turn. */
  readonly preemption: 'immediate' | 'graceful'
  /** Which of equally good nodes wins: the smallest name, or the one that upstream's heap gives. */
  readonly tieBreak: 'lexical' | 'upstream'
  /** Attempts per pod at most. */
  readonly maxAttempts: number
}

/** A cluster to decide about. Objects are decoded, defaulted and in the versions that the scheduler reads. */
export interface SnapshotInput {
  /** A KubeSchedulerConfiguration v1; absent for the default one. */
  readonly config?: unknown
  readonly featureGates?: Readonly<Record<string, boolean>>
  readonly options?: Readonly<Record<string, unknown>>
  readonly objects: readonly KubeObject[]
}

/** A cluster with everything filled in that an API server or a controller would have. */
export interface PreparedSnapshot {
  readonly config: unknown
  /** What was set, as it was given. */
  readonly featureGates: Readonly<Record<string, boolean>>
  readonly gates: FeatureGates
  readonly options: DecideOptions
  readonly nodes: readonly Node[]
  /** Terminated ones included. */
  readonly pods: readonly Pod[]
  /** Everything else. */
  readonly objects: readonly KubeObject[]
  /** What was added, in words. */
  readonly added: readonly string[]
}
