/** What a plugin says. `Wait` is for Permit only, `Skip` for PreFilter, PreScore and Bind, `Pending` for PreFilter-like rejections that wait for something outside. */
export type Code = 'Success' | 'Error' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Wait' | 'Skip' | 'Pending'

/** A plugin's answer with its reasons; `undefined` stands for Success everywhere. */
export interface Status {
  readonly code: Code
  readonly reasons: readonly string[]
  /** The plugin that rejected; the framework fills it in. */
  readonly plugin?: string
}

/** Success, or an answer that says otherwise. */
export type Outcome = Status | undefined

/** The pod cannot run here now; removing other pods might help. */
export function unschedulable(...reasons: readonly string[]): Status {
  return { code: 'Unschedulable', reasons }
}

/** The pod cannot run here, and removing other pods would not help. */
export function unresolvable(...reasons: readonly string[]): Status {
  return { code: 'UnschedulableAndUnresolvable', reasons }
}

/** The plugin has nothing to say about this pod. */
export const skip: Status = { code: 'Skip', reasons: [] }

/** Something went wrong that is nobody's fault in the pod; the cycle ends. */
export function failure(error: unknown): Status {
  return { code: 'Error', reasons: [error instanceof Error ? error.message : String(error)] }
}

/** A status that rejects. */
export type Rejection = Status & { readonly code: 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Pending' }

/** True for the answers that mean: not this pod, not here. */
export function isRejected(status: Outcome): status is Rejection {
  return (
    status?.code === 'Unschedulable' || status?.code === 'UnschedulableAndUnresolvable' || status?.code === 'Pending'
  )
}
