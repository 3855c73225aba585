import type { DirectoryEntry } from '../files/file-tree.ts'
import type { VolumePlugin } from './mounted-volume.ts'

/**
 * Directories that are empty at first and live as long as their pod.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/emptydir/empty_dir.go
 */
export const emptyDirPlugin: VolumePlugin = {
  supports: ({ emptyDir }) => emptyDir !== undefined,
  setUp: ({ pod, directory }) => {
    const { fsGroup } = pod.spec?.securityContext ?? {}
    let root: DirectoryEntry | undefined
    return {
      root: () => {
        if (root) return root
        root = directory()
        // Everybody may write; what is made in it belongs to the pod's group.
        root.mode = fsGroup === undefined ? 0o777 : 0o2777
        if (fsGroup !== undefined) root.gid = fsGroup
        return root
      },
    }
  },
}
