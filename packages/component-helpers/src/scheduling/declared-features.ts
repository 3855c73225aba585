import type { Pod, ResourceRequirements } from '@kube-bonsai/api-types/core/v1'
import { deepEqual } from '@kube-bonsai/apimachinery'
import { parseResources } from '../resource/resource-list.ts'

/** What of a kubelet's configuration decides which features its node declares. */
export interface NodeConfiguration {
  readonly gates: { enabled(name: string): boolean }
  /** `none` or `static`. */
  readonly cpuManagerPolicy: string
}

/** A feature that nodes declare, and that some pods or some changes of pods need. */
export interface DeclarableFeature {
  readonly name: string
  /** True when a node of that configuration has it. */
  discover(configuration: NodeConfiguration): boolean
  /** True when a pod can run only where it is declared. */
  neededToSchedule(pod: Pod): boolean
  /** True when a change of a running pod can be carried out only where it is declared. */
  neededToUpdate(before: Pod, after: Pod): boolean
}

const restartAll = 'RestartAllContainersOnContainerExits'
const podLevelResize = 'InPlacePodLevelResourcesVerticalScaling'

/**
 * Every feature of v1.35, sorted by name. None of them has a last version.
 * @see https://github.com/kubernetes/kubernetes/tree/v1.35.4/staging/src/k8s.io/component-helpers/nodedeclaredfeatures/features
 */
export const declarableFeatures: readonly DeclarableFeature[] = [
  {
    name: 'GuaranteedQoSPodCPUResize',
    discover: ({ gates, cpuManagerPolicy }) =>
      cpuManagerPolicy === 'none' ||
      (cpuManagerPolicy === 'static' && gates.enabled('InPlacePodVerticalScalingExclusiveCPUs')),
    neededToSchedule: () => false,
    neededToUpdate: (before, after) =>
      (before.status === undefined || before.status.qosClass === 'Guaranteed') && resizesCpu(before, after),
  },
  {
    name: podLevelResize,
    discover: ({ gates }) => gates.enabled(podLevelResize),
    neededToSchedule: () => false,
    neededToUpdate: (before, after) => !deepEqual(before.spec?.resources, after.spec?.resources),
  },
  {
    name: restartAll,
    discover: ({ gates }) => gates.enabled(restartAll),
    neededToSchedule: ({ spec }) =>
      [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some((container) =>
        (container.restartPolicyRules ?? []).some(({ action }) => action === 'RestartAllContainers'),
      ),
    neededToUpdate: () => false,
  },
]

/** The names of what a node of that configuration declares, sorted. */
export function discoverFeatures(configuration: NodeConfiguration): readonly string[] {
  return declarableFeatures.filter((feature) => feature.discover(configuration)).map(({ name }) => name)
}

/** The names of what a pod needs of its node, sorted. */
export function featuresToSchedule(pod: Pod): readonly string[] {
  const { containers, initContainers } = pod.spec ?? {}
  const ruled = (container: { readonly restartPolicyRules?: readonly unknown[] }) =>
    container.restartPolicyRules !== undefined
  // Nearly no pod needs any.
  if (!containers?.some(ruled) && !initContainers?.some(ruled)) return none
  return declarableFeatures.filter((feature) => feature.neededToSchedule(pod)).map(({ name }) => name)
}

const none: readonly string[] = []

/** The names of what a change of a running pod needs of its node, sorted. */
export function featuresToUpdate(before: Pod, after: Pod): readonly string[] {
  return declarableFeatures.filter((feature) => feature.neededToUpdate(before, after)).map(({ name }) => name)
}

function resizesCpu(before: Pod, after: Pod): boolean {
  const cpuOf = (resources: ResourceRequirements | undefined) => parseResources(resources?.requests).get('cpu')
  return (before.spec?.containers ?? []).some(({ resources }, index) => {
    const [was, is] = [cpuOf(resources), cpuOf(after.spec?.containers?.[index]?.resources)]
    if (was === undefined || is === undefined) return (was ?? is)?.isZero() === false
    return !was.equal(is)
  })
}
