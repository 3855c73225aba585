import type { Container, PodSpec } from '@kube-bonsai/api-types/core/v1'

/** What a check looks at: a pod, or the template of one. */
export interface Subject {
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: PodSpec
  /** Those of all kinds, in the order in which messages name them. */
  readonly containers: readonly Container[]
}

/** Why a pod is not allowed. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

export type CheckPod = (subject: Subject) => Violation | undefined

/** One check. Names and versions are upstream's. @see k8s.io/pod-security-admission/policy/checks.go */
export interface Check {
  readonly id: string
  readonly level: 'baseline' | 'restricted'
  /** From which minor version on it runs how; increasing. */
  readonly versions: readonly (readonly [since: number, check: CheckPod])[]
  /** The baseline check that it stands in for. */
  readonly overrides?: string
}

/** A pod or template as checks see it. */
export function subjectOf(spec: PodSpec, annotations: Readonly<Record<string, string>> = {}): Subject {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = spec
  return { annotations, spec, containers: [...initContainers, ...containers, ...(ephemeralContainers as Container[])] }
}

export function quoted(items: readonly string[]): string {
  return items.map((item) => `"${item}"`).join(', ')
}

export function plural(singular: string, count: number): string {
  return count === 1 ? singular : `${singular}s`
}

/** `container "a"` or `containers "a", "b"`. */
export function named(containers: readonly Container[]): string {
  return `${plural('container', containers.length)} ${quoted(containers.map(({ name }) => name))}`
}

/** Who is to blame: the pod, containers, or both. */
export function setters(pod: boolean, containers: readonly Container[]): readonly string[] {
  return [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [named(containers)] : [])]
}

export function sorted(items: Iterable<string>): readonly string[] {
  return [...new Set(items)].sort()
}

/** The same check, but for pods of Windows nodes. */
export function unlessWindows(check: CheckPod): CheckPod {
  return (subject) => (subject.spec.os?.name === 'windows' ? undefined : check(subject))
}

/** The same check, but for pods with users of their own. */
export function unlessOwnUsers(check: CheckPod): CheckPod {
  return (subject) => (subject.spec.hostUsers === false ? undefined : check(subject))
}
