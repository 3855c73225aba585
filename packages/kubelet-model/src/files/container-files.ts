import { FileError } from './file-error.ts'
import type { FileStat, FileSystem } from './file-system.ts'
import {
  bytesOf,
  type DirectoryEntry,
  directoryEntry,
  type FileEntry,
  type FileNode,
  fileEntry,
  linkEntry,
  textOf,
} from './file-tree.ts'
import { PathWalker, type Place } from './path-walker.ts'

/** A volume, or a part of one, at a path of a container. */
export interface ContainerMount {
  /** The volume's name. */
  readonly name: string
  /** Absolute, in the container. */
  readonly path: string
  readonly readOnly: boolean
  /** False as long as nobody has looked into it: `node` is made at the first look. */
  readonly isMade?: boolean
  /** What is mounted: the root of the volume, or what a subPath names. */
  readonly node: FileNode
}

/** What a container's files are made of. */
export interface ContainerFilesOptions {
  /** The container's own layer: the image's files, and what the container writes outside of volumes. */
  readonly root: DirectoryEntry
  readonly mounts: readonly ContainerMount[]
  readonly readOnlyRoot?: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Told whenever something was written or taken away. */
  readonly changed?: () => void
}

/** The files of one container: those of its image with volumes mounted over them. */
export class ContainerFiles implements FileSystem {
  readonly #walker: PathWalker
  readonly #now: () => number
  readonly #changed: () => void

  constructor({ root, mounts, readOnlyRoot = false, now, changed = () => {} }: ContainerFilesOptions) {
    this.#walker = new PathWalker(root, mounts, readOnlyRoot)
    this.#now = now
    this.#changed = changed
  }

  read(path: string): string {
    return textOf(this.#file(path))
  }

  readBytes(path: string): Uint8Array {
    return bytesOf(this.#file(path)).slice()
  }

  write(
    path: string,
    content: string | Uint8Array,
    { append = false, mode }: { readonly append?: boolean; readonly mode?: number } = {},
  ): void {
    const place = this.#walker.find(path, { follow: true })
    const { node } = place
    if (node?.kind === 'directory') throw new FileError('EISDIR', path)
    if (path.endsWith('/')) throw new FileError('EISDIR', path)
    this.#mustBeWritable(place, path)
    const kept = typeof content === 'string' ? content : content.slice()
    if (node?.kind === 'file') {
      node.content = append ? joined(node, kept) : kept
      node.modifiedAt = this.#now()
      if (mode !== undefined) node.mode = mode & 0o7777
      this.#changed()
      return
    }
    this.#put(
      place,
      path,
      fileEntry(kept, { modifiedAt: this.#now(), ...(mode !== undefined && { mode: mode & 0o7777 }) }),
    )
  }

  list(path: string): readonly string[] {
    const place = this.#walker.find(path, { follow: true })
    if (place.node === undefined) throw new FileError('ENOENT', path)
    if (place.node.kind !== 'directory') throw new FileError('ENOTDIR', path)
    return [...new Set([...place.node.entries.keys(), ...this.#walker.mountedIn(place.location)])].sort()
  }

  makeDirectory(
    path: string,
    { parents = false, mode }: { readonly parents?: boolean; readonly mode?: number } = {},
  ): void {
    if (parents) {
      const names = path.split('/').filter((name) => name !== '')
      for (let end = 1; end < names.length; end++) {
        const above = `/${names.slice(0, end).join('/')}`
        if (!this.exists(above)) this.makeDirectory(above)
      }
    }
    const place = this.#walker.find(path, { follow: parents })
    if (parents && place.node?.kind === 'directory') return
    if (place.node !== undefined) throw new FileError('EEXIST', path)
    this.#mustBeWritable(place, path)
    const facts = { modifiedAt: this.#now(), ...(mode !== undefined && { mode: mode & 0o7777 }) }
    this.#put(place, path, directoryEntry(facts))
  }

  remove(path: string, { recursive = false }: { readonly recursive?: boolean } = {}): void {
    const place = this.#walker.find(path, { follow: false })
    const { node } = place
    if (node === undefined) throw new FileError('ENOENT', path)
    if (place.parent === undefined || this.#walker.holdsMount(place.location)) throw new FileError('EBUSY', path)
    this.#mustBeWritable(place, path)
    if (node.kind === 'directory' && node.entries.size > 0 && !recursive) throw new FileError('ENOTEMPTY', path)
    place.parent.entries.delete(place.name)
    place.parent.modifiedAt = this.#now()
    this.#changed()
  }

  rename(from: string, to: string): void {
    const source = this.#walker.find(from, { follow: false })
    const { node, parent } = source
    if (node === undefined) throw new FileError('ENOENT', from)
    if (parent === undefined || this.#walker.holdsMount(source.location)) throw new FileError('EBUSY', from)
    const target = this.#walker.find(to, { follow: false })
    if (target.parent === undefined || this.#walker.holdsMount(target.location)) throw new FileError('EBUSY', to)
    this.#mustBeWritable(source, from)
    this.#mustBeWritable(target, to)
    if (source.mount !== target.mount) throw new FileError('EXDEV', to)
    if (target.node === node) return
    if (node.kind === 'directory' && `${target.location}/`.startsWith(`${source.location}/`)) {
      throw new FileError('EINVAL', to)
    }
    if (target.node?.kind === 'directory') {
      if (node.kind !== 'directory') throw new FileError('EISDIR', to)
      if (target.node.entries.size > 0) throw new FileError('ENOTEMPTY', to)
    } else if (target.node !== undefined && node.kind === 'directory') throw new FileError('ENOTDIR', to)
    this.#put(target, to, node)
    parent.entries.delete(source.name)
    parent.modifiedAt = this.#now()
  }

  link(target: string, path: string): void {
    if (target === '') throw new FileError('ENOENT', path)
    const place = this.#walker.find(path, { follow: false })
    if (place.node !== undefined) throw new FileError('EEXIST', path)
    this.#mustBeWritable(place, path)
    this.#put(place, path, linkEntry(target, { modifiedAt: this.#now() }))
  }

  changeMode(path: string, mode: number): void {
    const place = this.#walker.find(path, { follow: true })
    if (place.node === undefined) throw new FileError('ENOENT', path)
    this.#mustBeWritable(place, path)
    if (place.node.kind !== 'link') place.node.mode = mode & 0o7777
  }

  stat(path: string, { follow = true }: { readonly follow?: boolean } = {}): FileStat | undefined {
    const node = this.#lookUp(path, follow)
    if (node === undefined) return undefined
    const { kind, modifiedAt } = node
    if (kind === 'link') {
      return { kind, size: node.target.length, mode: 0o777, uid: 0, gid: 0, modifiedAt, target: node.target }
    }
    const { mode, uid, gid } = node
    return { kind, size: kind === 'file' ? bytesOf(node).length : 4096, mode, uid, gid, modifiedAt }
  }

  exists(path: string): boolean {
    return this.#lookUp(path, true) !== undefined
  }

  #lookUp(path: string, follow: boolean): FileNode | undefined {
    try {
      return this.#walker.find(path, { follow }).node
    } catch (error) {
      if (error instanceof FileError && (error.kind === 'ENOENT' || error.kind === 'ENOTDIR')) return undefined
      throw error
    }
  }

  #file(path: string): FileEntry {
    const { node } = this.#walker.find(path, { follow: true })
    if (node === undefined) throw new FileError('ENOENT', path)
    if (node.kind !== 'file') throw new FileError('EISDIR', path)
    return node
  }

  #mustBeWritable(place: Place, path: string): void {
    if (place.readOnly) throw new FileError('EROFS', path)
  }

  #put({ parent, name }: Place, path: string, node: FileNode): void {
    if (parent === undefined) throw new FileError('EEXIST', path)
    parent.entries.set(name, node)
    parent.modifiedAt = this.#now()
    this.#changed()
  }
}

function joined(file: FileEntry, added: string | Uint8Array): string | Uint8Array {
  if (typeof file.content === 'string' && typeof added === 'string') return file.content + added
  const before = bytesOf(file)
  const after = typeof added === 'string' ? new TextEncoder().encode(added) : added
  const bytes = new Uint8Array(before.length + after.length)
  bytes.set(before)
  bytes.set(after, before.length)
  return bytes
}
