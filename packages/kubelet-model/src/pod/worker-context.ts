import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import type { Clock } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { AllocationManager, RetryTrigger } from '../allocation/allocation-manager.ts'
import type { KubeletConfiguration } from '../config/configuration.ts'
import type { Amounts } from '../fields/resource-fields.ts'
import type { ImageManager } from '../images/image-manager.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { CheckpointStore } from '../node/checkpoints.ts'
import type { KubeletApi } from '../node/kubelet-api.ts'
import type { Placement } from '../node/placement.ts'
import type { ContainerRuntime } from '../runtime/container-runtime.ts'
import type { VolumePlugin } from '../volumes/mounted-volume.ts'
import type { NodeDisk } from '../volumes/node-disk.ts'

/** What a pod worker shares with the other pods of its node. */
export interface WorkerContext {
  readonly api: KubeletApi
  readonly runtime: ContainerRuntime
  readonly clock: Clock
  readonly metrics: Metrics
  readonly configuration: KubeletConfiguration
  readonly gates: FeatureGates
  readonly checkpoints: CheckpointStore
  readonly images: ImageManager
  /** When this kubelet began. */
  readonly kubeletStartedAt: number
  readonly nodeName: string
  readonly hostIP: string
  readonly onError: (pod: Pod, error: unknown) => void
  takeIp(wanted?: string): string | undefined
  releaseIp(ip: string): void
  /** What the pods of the node were promised. */
  readonly allocation: AllocationManager
  /** Something may have made room, or wants some: resizes that wait are tried. */
  readonly tryResizes: (trigger: RetryTrigger) => void
  /** What the node adds to a container's configuration. */
  readonly place: (pod: Pod, container: Container) => Placement
  /** Gets ready for a pod's sandbox; tells what is in the way. */
  readonly prepareSandbox: (pod: Pod) => string | undefined
  /** A pod has ended: nothing of the node is its own any more. */
  readonly released: (pod: Pod) => void
  /** Ends pods so that a critical one gets in; resolves when they have ended. */
  readonly preempt: (pods: readonly Pod[], resource: string) => Promise<void>
  /** What volumes hold on this node. */
  readonly disk: NodeDisk
  readonly volumePlugins: readonly VolumePlugin[]
  /** What the node can give to pods: the limit of containers that have none. */
  readonly allocatable: Amounts
  /** How often each pod is looked at even though nothing happens, in milliseconds. */
  readonly syncFrequency: number
  /** False for a pod whose containers never look at their files. */
  readonly looks: (pod: Pod) => boolean
}
