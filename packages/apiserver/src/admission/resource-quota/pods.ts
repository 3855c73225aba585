import type { Container, Pod, PodAffinityTerm, ScopedResourceSelectorRequirement } from '@kube-bonsai/api-types/core/v1'
import { millisOfInstant, parseTime } from '@kube-bonsai/apimachinery'
import { hasPodLevelResources, podLimits, podRequests, qosClass, type Resources } from '@kube-bonsai/component-helpers'
import type { Quantity } from '@kube-bonsai/quantity'
import { amountsOf, count } from './amounts.ts'
import { type Evaluator, type QuotaContext, selects } from './evaluator.ts'

const countName = 'count/pods'
const measured = ['cpu', 'memory', 'ephemeral-storage']
const names = new Set([countName, 'pods', ...measured.flatMap((name) => [name, `requests.${name}`, `limits.${name}`])])
/** A quota for one of these makes every container say what it needs. */
const demanded = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'])
const deviceClass = 'deviceclass.resource.kubernetes.io/'

/** @see pkg/quota/v1/evaluator/core/pods.go */
export const pods: Evaluator = {
  handles({ operation, subresource, object, old }) {
    if (subresource === 'resize') return operation === 'UPDATE'
    if (subresource !== '') return false
    return operation === 'CREATE' || (operation === 'UPDATE' && hasDeadline(object as Pod) !== hasDeadline(old as Pod))
  },
  matchingResources: (wanted) =>
    wanted.filter(
      (name) =>
        names.has(name) ||
        name.startsWith('hugepages-') ||
        name.startsWith('requests.hugepages-') ||
        isExtendedForQuota(name),
    ),
  matchesScope: (scope, object) => matchesScope(scope, object as Pod),
  constraint(required, object, { gates }) {
    const pod = object as Pod
    if (gates.enabled('PodLevelResources') && hasPodLevelResources(pod)) return undefined
    const wanted = required.filter((name) => demanded.has(name)).sort()
    const missing = wanted.flatMap((name) => {
      const without = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].filter(
        (container) => !containerUsage(container).has(name),
      )
      const own = [...new Set(without.map((container) => container.name))].sort()
      return own.length === 0 ? [] : [`${name} for: ${own.join(',')}`]
    })
    return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`
  },
  usage(object, context) {
    const pod = object as Pod
    if (!isCharged(pod, context)) return new Map([[countName, count(1)]])
    const options = {
      useStatusResources: context.gates.enabled('InPlacePodVerticalScaling'),
      skipPodLevelResources: !context.gates.enabled('PodLevelResources'),
    }
    return new Map([[countName, count(1)], ...computeUsage(podRequests(pod, options), podLimits(pod, options))])
  },
}

function containerUsage({ resources }: Container): Resources {
  return computeUsage(amountsOf(resources?.requests), amountsOf(resources?.limits))
}

function computeUsage(requests: Resources, limits: Resources): Resources {
  const usage = new Map<string, Quantity>([['pods', count(1)]])
  for (const name of measured) {
    const [asked, limit] = [requests.get(name), limits.get(name)]
    if (asked) usage.set(name, asked).set(`requests.${name}`, asked)
    if (limit) usage.set(`limits.${name}`, limit)
  }
  for (const [name, asked] of requests) {
    if (name.startsWith('hugepages-')) usage.set(name, asked).set(`requests.${name}`, asked)
    if (isExtended(name) || name.startsWith(deviceClass)) usage.set(`requests.${name}`, asked)
  }
  return usage
}

const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')

function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.')
}

function isExtendedForQuota(name: string): boolean {
  return name.startsWith('requests.') && (!isNative(name) || name.startsWith(`requests.${deviceClass}`))
}

/** Pods that have ended, or should have, cost nothing but their place in the store. */
function isCharged({ metadata, status }: Pod, { now }: QuotaContext): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true
  return now <= millisOfInstant(parseTime(deletionTimestamp)) + deletionGracePeriodSeconds * 1000
}

function matchesScope(scope: ScopedResourceSelectorRequirement, pod: Pod): boolean {
  switch (scope.scopeName) {
    case 'Terminating':
      return hasDeadline(pod)
    case 'NotTerminating':
      return !hasDeadline(pod)
    case 'BestEffort':
      return isBestEffort(pod)
    case 'NotBestEffort':
      return !isBestEffort(pod)
    case 'PriorityClass':
      return selects(scope, pod.spec?.priorityClassName ? [pod.spec.priorityClassName] : [])
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod)
    default:
      return false
  }
}

function hasDeadline({ spec }: Pod): boolean {
  return spec?.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds >= 0
}

function isBestEffort(pod: Pod): boolean {
  return (pod.status?.qosClass || qosClass(pod)) === 'BestEffort'
}

function crossesNamespaces({ spec }: Pod): boolean {
  return [spec?.affinity?.podAffinity, spec?.affinity?.podAntiAffinity].some((affinity) => {
    const required: readonly PodAffinityTerm[] = affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
    const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    const terms = [...required, ...preferred.map(({ podAffinityTerm }) => podAffinityTerm)]
    return terms.some((term) => (term?.namespaces ?? []).length > 0 || term?.namespaceSelector !== undefined)
  })
}
