import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { PluginPolicyError, validatePluginPolicy } from '@kube-bonsai/client'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import {
  allContainersCleanedUp,
  allContainersCouldRestart,
  containerShouldRestart,
  containersReadyCondition,
  hasSidecars,
  initializedCondition,
  isContainerRestartable,
  isCriticalPod,
  isMirrorPod,
  isStaticPod,
  matchingRestartRule,
  podReadyCondition,
  type RuntimeStatus,
  shouldAllContainersRestart,
  shouldContainerBeRestarted,
} from '@kube-bonsai/kubelet-model'
import type { OracleFunction } from '../protocol/answer.ts'
import { define } from './define.ts'
import { nodeResources, type ResourcesInput } from './node-resources.ts'
import { type MergeInput, mergedHint } from './topology-merge.ts'

interface ConditionsInput {
  readonly pod: Pod
  readonly phase: string
}

function conditions({ pod, phase }: ConditionsInput): object {
  const own = pod.status?.containerStatuses ?? undefined
  const all = [...(pod.status?.initContainerStatuses ?? []), ...(own ?? [])]
  const found = [
    initializedCondition(pod, all, phase),
    containersReadyCondition(pod, own, phase),
    podReadyCondition(pod, pod.status?.conditions ?? [], own, phase),
  ]
  return {
    conditions: found.map((condition) => ({ ...condition, lastProbeTime: null, lastTransitionTime: null })),
    critical: isCriticalPod(pod),
    static: isStaticPod(pod),
    mirror: isMirrorPod(pod),
    sidecars: hasSidecars(pod),
  }
}

interface RestartInput {
  readonly pod: Pod
  readonly runtime?: readonly (RuntimeStatus & { readonly name: string })[]
  readonly exitCodes?: readonly number[]
}

function restarts({ pod, runtime = [], exitCodes = [] }: RestartInput, gates: FeatureGates): object {
  const spec = pod.spec ?? { containers: [] }
  // The newest of a name comes first.
  const known = new Map(runtime.map((status) => [status.name, status] as const).reverse())
  const containers = [...(spec.initContainers ?? []), ...spec.containers]
  const byExitCode = containers.map((container) => {
    const codes = exitCodes.map((code) => {
      const action = matchingRestartRule(container, code)?.action
      const restart = containerShouldRestart(container, spec, code, gates)
      return [code, { restart, ...(action !== undefined && { action }) }]
    })
    const restartable = isContainerRestartable(spec, container)
    return [container.name, { restartable, ...Object.fromEntries(codes) }]
  })
  return {
    should: Object.fromEntries(
      containers.map((container) => [
        container.name,
        shouldContainerBeRestarted(pod, container, known.get(container.name), gates),
      ]),
    ),
    byExitCode: Object.fromEntries(byExitCode),
    restartAll: shouldAllContainersRestart(pod, known),
    allCouldRestart: allContainersCouldRestart(spec),
    cleanedUp: allContainersCleanedUp(pod, known),
  }
}

/** What kubelets decide, and what clients let run to authenticate. */
export const kubeletFunctions: Readonly<Record<string, OracleFunction>> = {
  'pod.conditions': define<ConditionsInput>(conditions),
  'pod.restart': define<RestartInput>((input, { gates }) => restarts(input, gates)),
  'kubelet.resources': define<ResourcesInput>((input, { gates }) => nodeResources(input, gates)),
  'topology.merge': define<MergeInput>(mergedHint),
  'credentialPlugin.validate': define<Parameters<typeof validatePluginPolicy>[0]>((policy) => {
    try {
      validatePluginPolicy(policy)
      return { valid: true }
    } catch (error) {
      if (!(error instanceof PluginPolicyError)) throw error
      return { valid: false, error: error.message }
    }
  }),
}
