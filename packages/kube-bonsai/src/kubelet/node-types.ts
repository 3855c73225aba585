import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import type { Informer } from '@kube-bonsai/client'
import type { ControllerContext } from '@kube-bonsai/controllers'
import type {
  CsiDrivers,
  HostRuntime,
  KubeletApi,
  NodeDisk,
  NodeShape,
  ProgramLookup,
  SharedStorage,
  SimulatedRegistry,
} from '@kube-bonsai/kubelet-model'
import type { ClusterNetwork } from '../network/cluster-network.ts'
import type { Filled } from './node-fill.ts'

/** What the nodes of a cluster share. */
export interface NodeEnvironment {
  readonly context: ControllerContext
  readonly programs: ProgramLookup
  readonly registry?: SimulatedRegistry
  readonly objects: KubeletApi['objects']
  readonly pods: Informer<Pod>
  readonly nodes: Informer<Node>
  readonly network: ClusterNetwork
  /** What persistent volumes hold, but for those on the disks of nodes. */
  readonly storage: SharedStorage
  readonly csiDrivers?: CsiDrivers
  /** The pods that are bound to a node. */
  podsOf(name: string): readonly Pod[]
}

/** What is kept of a node where a cluster is forked. */
export interface NodeRemains {
  readonly shape: NodeShape
  readonly index: number
  readonly powered: boolean
  readonly connected: boolean
  readonly hasKubelet: boolean
  readonly boots: number
  /** What `fill` uses; nothing by default. */
  readonly occupied?: Filled
  readonly checkpoints: readonly (readonly [string, string])[]
  /** What volumes hold; nothing by default. */
  readonly disk?: NodeDisk
}

/** What of a node's software is exchanged; what is left out stays. */
export interface NodeUpgrade {
  /** Such as `{ name: 'containerd', version: '2.3.0' }`. */
  readonly runtime?: HostRuntime
  /** Such as `v1.35.5`. */
  readonly kubeletVersion?: string
  readonly kernelVersion?: string
  readonly osImage?: string
}
