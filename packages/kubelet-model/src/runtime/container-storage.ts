import type { ContainerMount } from '../files/container-files.ts'
import { type DirectoryEntry, type FileNode, lengthOf, sizeOf } from '../files/file-tree.ts'
import type { DiskUse, Usage } from './usage.ts'

const nothing: DiskUse = { bytes: 0, inodes: 0 }

/** What one container keeps on its node's disk outside of volumes: what its program says, and the files that were written. */
export class ContainerStorage {
  #reported: DiskUse = nothing
  #root: DirectoryEntry | undefined
  /** What the image has brought. */
  #base: DiskUse = nothing
  #written: DiskUse | undefined = nothing

  /** Its files were looked into for the first time. */
  opened(root: DirectoryEntry): void {
    this.#root = root
    this.#base = sizeOf(root)
  }

  report({ disk = 0, inodes = 0 }: Usage): void {
    this.#reported = { bytes: disk, inodes }
  }

  /** A file was changed. */
  changed(): void {
    this.#written = undefined
  }

  get use(): DiskUse {
    this.#written ??= this.#root === undefined ? nothing : beyond(sizeOf(this.#root), this.#base)
    return plus(this.#reported, this.#written)
  }
}

const beyond = (use: DiskUse, base: DiskUse): DiskUse => ({
  bytes: Math.max(0, use.bytes - base.bytes),
  inodes: Math.max(0, use.inodes - base.inodes),
})

const plus = (left: DiskUse, right: DiskUse): DiskUse => ({
  bytes: left.bytes + right.bytes,
  inodes: left.inodes + right.inodes,
})

/**
 * How much room each volume takes that some containers mount, with what their programs say of it; what several of them mount counts
 * once.
 */
export function useOfVolumes(mounts: Iterable<ContainerMount>, usages: Iterable<Usage>): ReadonlyMap<string, DiskUse> {
  const seen = new Set<FileNode>()
  const sums = new Map<string, DiskUse>()
  const add = (name: string, use: DiskUse) => void sums.set(name, plus(sums.get(name) ?? nothing, use))
  for (const mount of mounts) add(mount.name, mount.isMade === false ? nothing : unseen(mount.node, seen))
  for (const { volumes } of usages) {
    for (const [name, bytes] of Object.entries(volumes ?? {})) add(name, { bytes, inodes: 0 })
  }
  return sums
}

function unseen(root: FileNode, seen: Set<FileNode>): DiskUse {
  let [bytes, inodes] = [0, 0]
  const waiting: FileNode[] = [root]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    inodes++
    if (node.kind === 'file') bytes += lengthOf(node)
    if (node.kind === 'directory') waiting.push(...node.entries.values())
  }
  return { bytes, inodes }
}
