import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { PodGroupPolicy, Workload } from '@kube-bonsai/api-types/scheduling/v1alpha1'
import type { Handle, PluginFactory } from '../framework/handle.ts'
import type { PermitResult } from '../framework/interfaces.ts'
import { failure, type Outcome, unresolvable } from '../framework/status.ts'
import { groupKey } from './pod-groups.ts'

const name = 'GangScheduling'

/**
 * Pods of a gang are tried only once enough of them exist, and bound only once enough of them have a node.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/gangscheduling/gangscheduling.go
 */
export const gangScheduling: PluginFactory<undefined> = (_args, handle) => ({
  name,
  eventsToRegister: () => [
    {
      resource: 'Pod',
      actions: ['Add'],
      hint: ({ pod }, _before, after) => (sameGang(pod, after as Pod) ? 'Queue' : 'Skip'),
    },
    {
      resource: 'Workload',
      actions: ['Add'],
      hint: ({ pod }, _before, after) => (refersTo(pod, after as Workload) ? 'Queue' : 'Skip'),
    },
  ],
  preEnqueue: (pod) => mayEnqueue(handle, pod),
  reserve(_state, { pod, uid }) {
    if (pod.spec?.workloadRef === undefined) return undefined
    const group = handle.podGroups.of(pod)
    if (group === undefined) return failure(noGroup())
    group.assume(uid)
    return undefined
  },
  unreserve(_state, { pod, uid }) {
    if (pod.spec?.workloadRef !== undefined) handle.podGroups.of(pod)?.forget(uid)
  },
  permit: (_state, { pod }) => permit(handle, pod),
})

function mayEnqueue({ listers, podGroups }: Handle, pod: Pod): Outcome {
  const ref = pod.spec?.workloadRef
  if (ref === undefined) return undefined
  const workload = listers.workloads.get(`${pod.metadata.namespace ?? ''}/${ref.name}`)
  if (workload === undefined) {
    return unresolvable(`waiting for pods's workload "${ref.name}" to appear in scheduling queue`)
  }
  const policy = policyOf(workload, ref.podGroup)
  if (policy === undefined) return unresolvable(noSuchGroup(ref.podGroup, workload))
  if (policy.gang === undefined) return undefined
  const group = podGroups.of(pod)
  if (group === undefined) return failure(noGroup())
  if (group.size >= policy.gang.minCount) return undefined
  return unresolvable('waiting for minCount pods from a gang to appear in scheduling queue')
}

function permit(handle: Handle, pod: Pod): PermitResult {
  const ref = pod.spec?.workloadRef
  if (ref === undefined) return { status: undefined }
  const namespace = pod.metadata.namespace ?? ''
  const workload = handle.listers.workloads.get(`${namespace}/${ref.name}`)
  if (workload === undefined) {
    const notFound = `workload.scheduling.k8s.io "${ref.name}" not found`
    return { status: failure(`failed to get workload ${namespace}/${ref.name}: ${notFound}`) }
  }
  const policy = policyOf(workload, ref.podGroup)
  if (policy === undefined) return { status: failure(noSuchGroup(ref.podGroup, workload)) }
  if (policy.gang === undefined) return { status: undefined }
  const group = handle.podGroups.of(pod)
  if (group === undefined) return { status: failure(noGroup()) }
  if (group.placed < policy.gang.minCount) {
    handle.activate(group.unscheduled())
    const reasons = ['waiting for minCount pods from a gang to be waiting on permit']
    return { status: { code: 'Wait', reasons }, timeout: group.timeLeft(handle.now()) }
  }
  for (const uid of group.assumed()) handle.waitingPod(uid)?.allow(name)
  return { status: undefined }
}

function policyOf({ spec }: Workload, podGroup: string): PodGroupPolicy | undefined {
  return spec?.podGroups?.find((group) => group.name === podGroup)?.policy
}

function noSuchGroup(podGroup: string, workload: Workload): string {
  return `pod group "${podGroup}" doesn't exist for a workload "${workload.metadata.name ?? ''}"`
}

function noGroup(): string {
  return "internal pod group state doesn't exist for a pod's workload"
}

function sameGang(left: Pod, right: Pod): boolean {
  const key = groupKey(left)
  return key !== undefined && key === groupKey(right)
}

function refersTo({ metadata, spec }: Pod, workload: Workload): boolean {
  return spec?.workloadRef?.name === workload.metadata.name && metadata.namespace === workload.metadata.namespace
}
