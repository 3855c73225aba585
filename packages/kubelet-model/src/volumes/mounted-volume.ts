import type { Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import type { DirectoryEntry, FileNode } from '../files/file-tree.ts'

/** A volume that is set up on a node for one pod. */
export interface MountedVolume {
  /** True when nobody may write into it, whatever its mounts say. */
  readonly readOnly?: boolean
  /** The image that it is, as the pod names it: the runtime mounts that, and `root` is empty. */
  readonly image?: string
  /** What containers see; made at the first look, since most pods are never looked into. */
  root(): FileNode
  /** Brings it up to date with its pod and with what the API has now. Throws a MountError; what is there stays then. */
  refresh?(pod: Pod): void | Promise<void>
  /**
   * Fetches what takes time to fetch, before anybody looks: `refresh` is for all that does not. Does nothing when it has been
   * done. Rejects with a MountError.
   */
  fill?(): Promise<void>
  /** The pod needs it no more. */
  tearDown?(): void
}

/** What a volume is made from. */
export interface VolumeRequest {
  readonly pod: Pod
  readonly volume: Volume
  /** A directory of the node's disk that is this volume's own until the pod is gone; the same one after a restart of the kubelet. */
  directory(): DirectoryEntry
  /**
   * The volume wants to be refreshed at the pod's next sync, because something that it is made of has changed. What goes on for ever
   * is `background`: nobody needs to wait for it.
   */
  outdated(options?: { readonly background?: boolean }): void
  /** True for what another kubelet has set up before, when only the look of it is wanted. */
  readonly isMounted?: boolean
}

/** Sets up the volumes of some kinds. */
export interface VolumePlugin {
  supports(volume: Volume): boolean
  /** Sets a volume up, at once where it can. Throws or rejects with a MountError. */
  setUp(request: VolumeRequest): MountedVolume | Promise<MountedVolume>
}
