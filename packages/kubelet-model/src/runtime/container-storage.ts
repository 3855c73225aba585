import type { ContainerMount } from '../files/container-files.ts'
import { bytesOf, type DirectoryEntry, type FileNode, sizeOf } from '../files/file-tree.ts'

/** What one container keeps on its node's disk outside of volumes: what its program says, and the files that were written. */
export class ContainerStorage {
  #reported = 0
  #root: DirectoryEntry | undefined
  /** What the image has brought. */
  #base = 0
  #written: number | undefined = 0

  /** Its files were looked into for the first time. */
  opened(root: DirectoryEntry): void {
    this.#root = root
    this.#base = sizeOf(root)
  }

  report(bytes: number): void {
    this.#reported = bytes
  }

  /** A file was changed. */
  changed(): void {
    this.#written = undefined
  }

  get bytes(): number {
    this.#written ??= this.#root === undefined ? 0 : Math.max(0, sizeOf(this.#root) - this.#base)
    return this.#reported + this.#written
  }
}

/** How many bytes the files of each volume hold that some containers mount; what several of them mount counts once. */
export function bytesOfMounts(mounts: Iterable<ContainerMount>): ReadonlyMap<string, number> {
  const seen = new Set<FileNode>()
  const sums = new Map<string, number>()
  for (const { name, node } of mounts) sums.set(name, (sums.get(name) ?? 0) + unseenBytes(node, seen))
  return sums
}

function unseenBytes(node: FileNode, seen: Set<FileNode>): number {
  if (seen.has(node)) return 0
  seen.add(node)
  if (node.kind === 'link') return 0
  if (node.kind === 'file') return bytesOf(node).length
  let sum = 0
  for (const entry of node.entries.values()) sum += unseenBytes(entry, seen)
  return sum
}
