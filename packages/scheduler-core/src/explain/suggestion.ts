import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'

/** Something that would let a plugin pass a pod on a node that it refused. */
export interface Suggestion {
  /** The plugin whose refusal goes away. */
  readonly plugin: string
  /** The node on which it does; absent for what holds the pod back everywhere. */
  readonly node?: string
  /** What to do, for a person. */
  readonly text: string
  /** What changes; absent where it cannot be said as a change of the node, of the pod or of its neighbours. */
  readonly change?: SuggestedChange
}

/** One of these changes. */
export interface SuggestedChange {
  /** The node as it should be. */
  readonly node?: Node
  /** The pod as it should be. */
  readonly pod?: Pod
  /** Pods that should not be on the node, as `namespace/name`. */
  readonly without?: readonly string[]
}
