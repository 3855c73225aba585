import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import type { Informer } from '@kube-bonsai/client'
import type { ControllerContext } from '@kube-bonsai/controllers'
import type { HostRuntime, KubeletApi, NodeShape, ProgramLookup, SimulatedRegistry } from '@kube-bonsai/kubelet-model'

/** What the nodes of a cluster share. */
export interface NodeEnvironment {
  readonly context: ControllerContext
  readonly programs: ProgramLookup
  readonly registry?: SimulatedRegistry
  readonly objects: KubeletApi['objects']
  readonly pods: Informer<Pod>
  readonly nodes: Informer<Node>
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
  /** Bytes of memory that `fill` uses; 0 by default. */
  readonly occupied?: number
  readonly checkpoints: readonly (readonly [string, string])[]
}

/** What is used up outside of pods. Disk and process ids are not modelled: nothing on a node counts them. */
export interface NodeFill {
  /** A quantity such as `15Gi`, or bytes. */
  readonly memory: string | number
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
