/** A file. Whoever mounts it shares the entry itself, so that a change is seen by all. */
export interface FileEntry {
  readonly kind: 'file'
  content: string | Uint8Array
  mode: number
  uid: number
  gid: number
  /** Milliseconds since the epoch. */
  modifiedAt: number
}

/** A directory; shared like files are. */
export interface DirectoryEntry {
  readonly kind: 'directory'
  readonly entries: Map<string, FileNode>
  mode: number
  uid: number
  gid: number
  modifiedAt: number
}

/** A symbolic link. */
export interface LinkEntry {
  readonly kind: 'link'
  readonly target: string
  modifiedAt: number
}

/** Whatever a name in a directory stands for. */
export type FileNode = FileEntry | DirectoryEntry | LinkEntry

/** Who owns an entry, what may be done with it, and when it was changed; root, 0644 or 0755, and the epoch by default. */
export interface EntryFacts {
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly modifiedAt?: number
}

/** A file with some content. */
export function fileEntry(content: string | Uint8Array, facts: EntryFacts = {}): FileEntry {
  const { mode = 0o644, uid = 0, gid = 0, modifiedAt = 0 } = facts
  return { kind: 'file', content, mode, uid, gid, modifiedAt }
}

/** An empty directory. */
export function directoryEntry(facts: EntryFacts = {}): DirectoryEntry {
  const { mode = 0o755, uid = 0, gid = 0, modifiedAt = 0 } = facts
  return { kind: 'directory', entries: new Map(), mode, uid, gid, modifiedAt }
}

/** A link to a path, which is looked up whenever the link is followed. */
export function linkEntry(target: string, { modifiedAt = 0 }: EntryFacts = {}): LinkEntry {
  return { kind: 'link', target, modifiedAt }
}

/** What a file holds, as bytes. */
export function bytesOf({ content }: FileEntry): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}

/** What a file holds, as text; bytes that are no UTF-8 become replacement characters. */
export function textOf({ content }: FileEntry): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content)
}

/** How many bytes the files below an entry hold, and how many entries there are with the entry itself. */
export function sizeOf(node: FileNode): { readonly bytes: number; readonly inodes: number } {
  let bytes = 0
  let inodes = 0
  const waiting: FileNode[] = [node]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    inodes++
    if (next.kind === 'file') bytes += lengthOf(next)
    if (next.kind === 'directory') for (const entry of next.entries.values()) waiting.push(entry)
  }
  return { bytes, inodes }
}

/** The length of a file in bytes. */
export function lengthOf({ content }: FileEntry): number {
  if (typeof content !== 'string') return content.length
  let length = content.length
  for (let index = 0; index < content.length; index++) {
    const code = content.charCodeAt(index)
    if (code > 0x7f) length += code < 0x800 ? 1 : 2
    // A pair is one character of four bytes; half a pair becomes one of three.
    if (code >= 0xd800 && code < 0xdc00 && isLowHalf(content.charCodeAt(index + 1))) index++
  }
  return length
}

const isLowHalf = (code: number): boolean => code >= 0xdc00 && code < 0xe000

/** The same directory again, with everything below: what happens to one does not happen to the other. */
export function copyOf(directory: DirectoryEntry): DirectoryEntry {
  const copies = new Map([...directory.entries].map(([name, entry]) => [name, copyOfNode(entry)] as const))
  return { ...directory, entries: copies }
}

const copyOfNode = (node: FileNode): FileNode => (node.kind === 'directory' ? copyOf(node) : { ...node })

/**
 * A directory with files at some paths, `/` in front or not; the directories between are made.
 * Throws a RangeError for a path that leaves the directory, or that runs through a file.
 */
export function directoryOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  facts: EntryFacts = {},
): DirectoryEntry {
  const root = directoryEntry(facts)
  for (const [path, content] of Object.entries(files)) {
    const names = path.split('/').filter((name) => name !== '' && name !== '.')
    const last = names.pop()
    if (last === undefined || last === '..' || names.includes('..')) {
      throw new RangeError(`${JSON.stringify(path)} is no path of a file inside of a directory`)
    }
    let directory = root
    for (const name of names) {
      const found = directory.entries.get(name) ?? directoryEntry(facts)
      if (found.kind !== 'directory') throw new RangeError(`${JSON.stringify(path)} runs through a file`)
      directory.entries.set(name, found)
      directory = found
    }
    if (directory.entries.get(last)?.kind === 'directory') {
      throw new RangeError(`${JSON.stringify(path)} is a directory of another file`)
    }
    directory.entries.set(last, fileEntry(content, facts))
  }
  return root
}
