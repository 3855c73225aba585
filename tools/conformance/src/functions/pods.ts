import type { Pod } from '@kube-bonsai/api-types/core/v1'
import {
  containerLimits,
  containerRequests,
  formatResources,
  hasPodLevelLimits,
  hasPodLevelRequests,
  hasPodLevelResources,
  type PodResourcesOptions,
  parseResources,
  podLimits,
  podRequests,
  qosClass,
  type ResourceList,
  type Resources,
  resizePending,
} from '@kube-bonsai/component-helpers'
import type { OracleFunction } from '../protocol/answer.ts'
import { define } from './define.ts'

interface ResourcesInput {
  readonly pod: Pod
  readonly useStatusResources?: boolean
  readonly podLevelResize?: boolean
  readonly excludeOverhead?: boolean
  readonly skipPodLevel?: boolean
  readonly skipContainerLevel?: boolean
  readonly nonMissing?: ResourceList
}

function withCalls(
  options: PodResourcesOptions,
  total: (options: PodResourcesOptions) => Resources,
): readonly [total: ResourceList, calls: readonly object[] | null] {
  const calls: object[] = []
  const resources = total({
    ...options,
    onContainer: (amounts, type) => calls.push({ resources: formatResources(amounts), type }),
  })
  return [formatResources(resources), calls.length === 0 ? null : calls]
}

/** What pods ask for. */
export const podFunctions: Readonly<Record<string, OracleFunction>> = {
  'pod.resources': define<ResourcesInput>(({ pod, ...input }) => {
    const options: PodResourcesOptions = {
      useStatusResources: input.useStatusResources === true,
      podLevelResize: input.podLevelResize === true,
      excludeOverhead: input.excludeOverhead === true,
      skipPodLevelResources: input.skipPodLevel === true,
      skipContainerLevelResources: input.skipContainerLevel === true,
      nonMissingRequests: parseResources(input.nonMissing),
    }
    const [requests, requestCalls] = withCalls(options, (all) => podRequests(pod, all))
    const [limits, limitCalls] = withCalls(options, (all) => podLimits(pod, all))
    return {
      requests,
      requestCalls,
      limits,
      limitCalls,
      containerRequests: formatResources(containerRequests(pod, options)),
      containerLimits: formatResources(containerLimits(pod, options)),
      podLevelSet: hasPodLevelResources(pod),
      podLevelRequestsSet: hasPodLevelRequests(pod),
      podLevelLimitsSet: hasPodLevelLimits(pod),
      infeasible: resizePending(pod) === 'Infeasible',
      deferred: resizePending(pod) === 'Deferred',
      qos: qosClass(pod),
    }
  }),
}
