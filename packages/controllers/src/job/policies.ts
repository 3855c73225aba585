import type { ContainerStatus, Pod } from '../api/pod.ts'
import { countIndexes, type Interval, parseIndexes } from './indexes.ts'
import type { Job, PodFailurePolicy, SuccessPolicy } from './types.ts'

/** What a pod failure policy says of a pod. */
export interface FailureVerdict {
  /** Whether the failure counts. */
  readonly count: boolean
  readonly action?: 'Ignore' | 'FailIndex' | 'Count' | 'FailJob'
  /** Why the Job fails at once. */
  readonly message?: string
}

/** Finds the first rule that a failed pod matches. @see pkg/controller/job/pod_failure_policy.go */
export function matchFailurePolicy(policy: PodFailurePolicy | undefined, pod: Pod): FailureVerdict {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const found = rule.onExitCodes === undefined ? matchConditions(rule, pod) : matchExitCodes(rule.onExitCodes, pod)
    if (found === undefined) continue
    if (rule.action === 'Ignore') return { count: false, action: 'Ignore' }
    if (rule.action === 'FailIndex' || rule.action === 'Count') return { count: true, action: rule.action }
    if (rule.action === 'FailJob') {
      const message = `${found} matching FailJob rule at index ${index}`
      return { count: true, action: 'FailJob', message }
    }
  }
  return { count: true }
}

type Rule = PodFailurePolicy['rules'][number]

function matchConditions({ onPodConditions }: Rule, pod: Pod): string | undefined {
  const found = pod.status?.conditions?.find(({ type, status }) =>
    onPodConditions?.some((pattern) => pattern.type === type && pattern.status === status),
  )
  const { namespace = '', name } = pod.metadata
  return found === undefined ? undefined : `Pod ${namespace}/${name} has condition ${found.type}`
}

function matchExitCodes(wanted: NonNullable<Rule['onExitCodes']>, pod: Pod): string | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  const found = [...containerStatuses, ...initContainerStatuses].find((status) => exitMatches(wanted, status))
  if (found === undefined) return undefined
  const { namespace = '', name } = pod.metadata
  return `Container ${found.name} for pod ${namespace}/${name} failed with exit code ${found.state?.terminated?.exitCode}`
}

function exitMatches(wanted: NonNullable<Rule['onExitCodes']>, { name, state }: ContainerStatus): boolean {
  const code = state?.terminated?.exitCode
  if (code === undefined || code === 0) return false
  if (wanted.containerName !== undefined && wanted.containerName !== name) return false
  if (wanted.operator === 'In') return wanted.values.includes(code)
  return wanted.operator === 'NotIn' && !wanted.values.includes(code)
}

/**
 * Finds the first rule of a success policy that is fulfilled.
 *
 * @returns the condition's message, or undefined
 * @see pkg/controller/job/success_policy.go
 */
export function matchSuccessPolicy(
  policy: SuccessPolicy | undefined,
  completions: number,
  succeeded: readonly Interval[],
): string | undefined {
  if (policy === undefined || succeeded.length === 0) return undefined
  const index = policy.rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && countIndexes(succeeded) >= succeededCount
    const wanted = parseIndexes(succeededIndexes, completions)
    if (wanted.length === 0) return false
    const done = overlap(wanted, succeeded)
    return done === countIndexes(wanted) || (succeededCount !== undefined && done >= succeededCount)
  })
  return index < 0 ? undefined : `Matched rules at index ${index}`
}

/** How many indexes are in both ordered lists. */
function overlap(a: readonly Interval[], b: readonly Interval[]): number {
  let shared = 0
  let j = 0
  for (let i = 0; i < a.length && j < b.length; ) {
    const [firstA = 0, lastA = 0] = a[i] ?? []
    const [firstB = 0, lastB = 0] = b[j] ?? []
    shared += Math.max(0, Math.min(lastA, lastB) - Math.max(firstA, firstB) + 1)
    if (lastB <= lastA) j++
    if (lastA <= lastB) i++
  }
  return shared
}

/** Says whether a Job replaces pods only after they have failed, not while they terminate. */
export function replacesOnlyFailed({ spec }: Pick<Job, 'spec'>): boolean {
  return spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined
}
