import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { RequestContext } from '../../context.ts'
import { subjectOf } from './check.ts'
import { violations } from './evaluate.ts'
import { type LevelVersion, printLevel } from './policy.ts'

const mostPods = 3000

/**
 * What a new level has against the pods that a namespace has already: warnings, pods with the same trouble together.
 * @see k8s.io/pod-security-admission/admission/admission.go EvaluatePodsInNamespace
 */
export async function existingPodWarnings(
  { server }: RequestContext,
  namespace: string,
  level: LevelVersion,
): Promise<readonly string[]> {
  const { items } = await server.storage.range({ prefix: `/registry/core/pods/${namespace}/` })
  const pods = oneOfEachFirst(items.map(({ value }) => value as Pod))
  const checked = pods.slice(0, mostPods)
  const troubled = new Map<string, string[]>()
  for (const { metadata, spec } of checked) {
    if (spec === undefined) continue
    const found = violations(level, subjectOf(spec, metadata.annotations))
    if (found.length === 0) continue
    const reason = found.map((violation) => violation.reason).join(', ')
    troubled.set(reason, [...(troubled.get(reason) ?? []), metadata.name ?? ''])
  }
  const few = `new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`
  const head = `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${printLevel(level)}"`
  return [
    ...(checked.length < pods.length ? [few] : []),
    ...(troubled.size > 0 ? [head] : []),
    ...[...troubled].map(([reason, names]) => `${whom(names)}: ${reason}`).sort(),
  ]
}

function whom(names: readonly string[]): string {
  const [first = ''] = [...names].sort()
  const others = names.length - 1
  if (others === 0) return first
  return others === 1 ? `${first} (and 1 other pod)` : `${first} (and ${others} other pods)`
}

/** Of the pods of one owner the first is looked at before others of its kind. */
function oneOfEachFirst(pods: readonly Pod[]): readonly Pod[] {
  const owners = new Set<string>()
  const others: Pod[] = []
  const firsts = pods.filter((pod) => {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid
    if (owner === undefined) return true
    if (!owners.has(owner)) return owners.add(owner)
    others.push(pod)
    return false
  })
  return [...firsts, ...others]
}
