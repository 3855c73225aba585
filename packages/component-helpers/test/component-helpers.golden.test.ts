import type {
  Node,
  NodeSelector,
  Pod,
  PreferredSchedulingTerm,
  Taint,
  Toleration,
} from '@kube-bonsai/api-types/core/v1'
import {
  addOrUpdateTaint,
  checkTaint,
  containerLimits,
  containerRequests,
  deleteTaint,
  deleteTaintsByKey,
  findUntoleratedTaint,
  formatResources,
  formatTaint,
  hasPodLevelLimits,
  hasPodLevelRequests,
  hasPodLevelResources,
  lazyNodeSelector,
  nodeSelector,
  type PodResourcesOptions,
  parseResources,
  parseTaints,
  podLimits,
  podRequests,
  preferredNodeAffinity,
  qosClass,
  type ResourceList,
  requiredNodeAffinity,
  resizePending,
  sameToleration,
  taintExists,
  taintSetDiff,
  toleratesTaint,
  tolerationsTolerateTaint,
} from '@kube-bonsai/component-helpers'
import { testRecorded } from './answers.ts'

const tried = (attempt: () => object): object => {
  try {
    return attempt()
  } catch (error) {
    return { match: false, error: (error as Error).message }
  }
}

interface ResourcesCase {
  readonly pod: Pod
  readonly useStatusResources?: boolean
  readonly podLevelResize?: boolean
  readonly excludeOverhead?: boolean
  readonly skipPodLevel?: boolean
  readonly skipContainerLevel?: boolean
  readonly nonMissing?: ResourceList
}

testRecorded('requests, limits and QoS classes of v1.35', 'pod-resources', ({ pod, ...given }: ResourcesCase) => {
  const calls = { requests: [] as object[], limits: [] as object[] }
  const options = (side: 'requests' | 'limits'): PodResourcesOptions => ({
    useStatusResources: given.useStatusResources ?? false,
    podLevelResize: given.podLevelResize ?? false,
    excludeOverhead: given.excludeOverhead ?? false,
    skipPodLevelResources: given.skipPodLevel ?? false,
    skipContainerLevelResources: given.skipContainerLevel ?? false,
    nonMissingRequests: parseResources(given.nonMissing),
    onContainer: (resources, type) => calls[side].push({ resources: formatResources(resources), type }),
  })
  const requests = formatResources(podRequests(pod, options('requests')))
  const limits = formatResources(podLimits(pod, options('limits')))
  const [requestCalls, limitCalls] = [calls.requests, calls.limits].map((list) =>
    list.length === 0 ? null : [...list],
  )
  return {
    requests,
    requestCalls,
    limits,
    limitCalls,
    containerRequests: formatResources(containerRequests(pod, options('requests'))),
    containerLimits: formatResources(containerLimits(pod, options('limits'))),
    podLevelSet: hasPodLevelResources(pod),
    podLevelRequestsSet: hasPodLevelRequests(pod),
    podLevelLimitsSet: hasPodLevelLimits(pod),
    infeasible: resizePending(pod) === 'Infeasible',
    deferred: resizePending(pod) === 'Deferred',
    qos: qosClass(pod),
  }
})

interface AffinityCase {
  readonly node: Node
  readonly pod?: Pod
  readonly selector?: NodeSelector
  readonly preferred?: readonly PreferredSchedulingTerm[]
}

testRecorded('node affinity of v1.35', 'node-affinity-match', ({ node, pod, selector, preferred }: AffinityCase) => ({
  ...(pod && { required: tried(() => ({ match: requiredNodeAffinity(pod).matches(node) })) }),
  ...(selector && {
    lazy: tried(() => ({ match: lazyNodeSelector(selector).matches(node) })),
    strict: tried(() => ({ match: nodeSelector(selector).matches(node) })),
  }),
  ...(preferred && {
    preferred: { ...tried(() => ({ score: preferredNodeAffinity(preferred).score(node) })), match: undefined },
  }),
}))

interface TolerationCase {
  readonly tolerations?: readonly Toleration[]
  readonly taints?: readonly Taint[]
  readonly comparison?: boolean
}

/** A taint as Go writes it. */
const written = (taint?: Taint) => ({
  ...taint,
  key: taint?.key ?? '',
  effect: taint?.effect ?? '',
  value: taint?.value || undefined,
})

testRecorded('tolerations of v1.35', 'toleration-tolerates', (input: TolerationCase) => {
  const { tolerations = [], taints = [], comparison = false } = input
  const options = { comparisonOperators: comparison }
  const untolerated = findUntoleratedTaint(taints, tolerations, ['NoSchedule', 'NoExecute'], options)
  return {
    each: tolerations.map((toleration) => taints.map((taint) => toleratesTaint(toleration, taint, options))),
    tolerated: taints.map((taint) => tolerationsTolerateTaint(tolerations, taint, options)),
    untolerated: { found: untolerated !== undefined, taint: written(untolerated) },
    matchToleration: tolerations.map((left) => tolerations.map((right) => sameToleration(left, right))),
  }
})

interface TaintsCase {
  readonly specs?: readonly string[]
  readonly old?: readonly Taint[]
  readonly new?: readonly Taint[]
}

const orNull = (taints: readonly Taint[]) => (taints.length === 0 ? null : taints.map(written))
const message = (attempt: () => void): string | undefined => {
  try {
    attempt()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

testRecorded('taint sets of v1.35', 'taints-helpers', ({ specs, old, new: wanted = [] }: TaintsCase) => {
  const out: Record<string, unknown> = {}
  if (specs) {
    out.parseError = message(() => {
      const parsed = parseTaints(specs)
      out.add = orNull(parsed.add)
      out.remove = orNull(parsed.remove)
    })
  }
  if (!old) return out
  const { add, remove } = taintSetDiff(wanted, old)
  const each = wanted.map((taint) => ({
    changed: addOrUpdateTaint(old, taint) !== old,
    taints: addOrUpdateTaint(old, taint).map(written),
    deleted: deleteTaint(old, taint) !== old,
    afterDelete: deleteTaint(old, taint).map(written),
    deletedByKey: deleteTaintsByKey(old, taint.key) !== old,
    afterDeleteByKey: deleteTaintsByKey(old, taint.key).map(written),
    exists: taintExists(old, taint),
    string: formatTaint(taint),
    validation: message(() => checkTaint(taint)),
  }))
  const known = wanted.flatMap((taint) => old.filter((one) => taintExists([one], taint)).map(() => taint.key))
  return { ...out, diffAdd: orNull(add), diffRemove: orNull(remove), already: known.join(','), each }
})
