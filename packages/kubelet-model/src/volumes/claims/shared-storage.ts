import { copyOf, type DirectoryEntry, directoryEntry } from '../../files/file-tree.ts'

/** What persistent volumes hold that are not on the disk of one node. Outlives pods and nodes. */
export class SharedStorage {
  readonly #volumes: Map<string, DirectoryEntry> = new Map()

  /** The directory of a volume, by what names it in its storage system; empty when it is new. */
  directory(key: string): DirectoryEntry {
    const found = this.#volumes.get(key) ?? directoryEntry()
    this.#volumes.set(key, found)
    return found
  }

  /** The volume is deleted with all that it holds. */
  remove(key: string): void {
    this.#volumes.delete(key)
  }

  /** Takes over copies of all that another one holds. */
  takeOver(other: SharedStorage): void {
    for (const [key, directory] of other.#volumes) this.#volumes.set(key, copyOf(directory))
  }
}
