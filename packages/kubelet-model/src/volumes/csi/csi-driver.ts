import type { FileSystem } from '../../files/file-system.ts'

/** What a driver of a node is asked to mount. @see NodePublishVolumeRequest in the CSI specification */
export interface NodePublishRequest {
  readonly nodeName: string
  readonly volumeId: string
  readonly targetPath: string
  /** Where the volume was staged; empty for drivers that do not stage. */
  readonly stagingTargetPath: string
  /** `ReadWriteOnce`, `ReadOnlyMany`, ... */
  readonly accessMode: string
  readonly readOnly: boolean
  readonly fsType: string
  readonly mountFlags: readonly string[]
  /** The pod's fsGroup, for drivers that see to it themselves; empty for others. */
  readonly volumeMountGroup: string
  readonly volumeContext: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
  /** What the volume holds, from its root: the driver may write there, whatever pods may. */
  readonly files: FileSystem
}

/** What a driver is asked to prepare once per volume and node, where it stages volumes. */
export type NodeStageRequest = Pick<
  NodePublishRequest,
  'nodeName' | 'volumeId' | 'stagingTargetPath' | 'accessMode' | 'fsType' | 'volumeContext' | 'secrets'
>

/** What a driver is asked to unmount. */
export type NodeUnpublishRequest = Pick<NodePublishRequest, 'nodeName' | 'volumeId' | 'targetPath'>

/** What a driver is asked to undo when no pod of the node has a volume any more. */
export type NodeUnstageRequest = Pick<NodePublishRequest, 'nodeName' | 'volumeId' | 'stagingTargetPath'>

/** A driver refuses: the code and words of its answer, as gRPC has them. */
export class CsiError extends Error {
  override readonly name = 'CsiError'
  /** `Internal`, `InvalidArgument`, `NotFound`, ... */
  readonly code: string

  constructor(code: string, description: string) {
    super(description)
    this.code = code
  }
}

/** The node's half of a CSI driver, as it is registered with kubelets. Calls that fail throw a CsiError, or reject with one. */
export interface CsiNodeDriver {
  /** It wants volumes to be staged before they are published. */
  readonly stages?: boolean
  /** It sees to the group of files itself (`VOLUME_MOUNT_GROUP`). */
  readonly mountsGroups?: boolean
  stage?(request: NodeStageRequest): void | Promise<void>
  publish(request: NodePublishRequest): void | Promise<void>
  unpublish?(request: NodeUnpublishRequest): void | Promise<void>
  unstage?(request: NodeUnstageRequest): void | Promise<void>
}

/** The drivers that are registered on a node, by their names. */
export type CsiDrivers = ReadonlyMap<string, CsiNodeDriver>

/** How a kubelet says what a driver has answered. */
export function rpcText(error: unknown): string {
  const description = error instanceof Error ? error.message : String(error)
  return `rpc error: code = ${error instanceof CsiError ? error.code : 'Unknown'} desc = ${description}`
}
