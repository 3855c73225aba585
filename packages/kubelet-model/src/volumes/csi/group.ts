import type { FileNode } from '../../files/file-tree.ts'
import type { CsiSource } from './csi-source.ts'

/**
 * Whether the kubelet gives a volume to the pod's fsGroup, by its driver's fsGroupPolicy.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/csi/csi_mounter.go supportsFSGroup
 */
export function takesGroup({ readOnly, fsType, mode, accessModes }: CsiSource, policy: string): boolean {
  if (policy === 'None' || readOnly) return false
  if (policy === 'File') return true
  if (fsType === '') return false
  return mode === 'Ephemeral' || accessModes.some((each) => each === 'ReadWriteOnce' || each === 'ReadWriteOncePod')
}

/** Everything below belongs to the group from now on, which may read and write it; and so does what is made there. */
export function applyGroup(root: FileNode, gid: number): void {
  const waiting: FileNode[] = [root]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.kind === 'link') continue
    node.gid = gid
    node.mode |= node.kind === 'directory' ? 0o2770 : 0o660
    if (node.kind === 'directory') waiting.push(...node.entries.values())
  }
}
