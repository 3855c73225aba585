import type { ContainerMount } from './container-files.ts'
import { FileError } from './file-error.ts'
import { type DirectoryEntry, directoryEntry, type FileNode } from './file-tree.ts'

/** Where a path leads. */
export interface Place {
  /** Undefined when nothing is there, while its directory is. */
  readonly node: FileNode | undefined
  /** The directory that holds it; undefined for `/`. */
  readonly parent: DirectoryEntry | undefined
  readonly name: string
  /** Absolute, without links. */
  readonly location: string
  readonly readOnly: boolean
  /** The mount that it lies in; undefined for the container's own layer. */
  readonly mount: ContainerMount | undefined
}

interface Step {
  readonly node: FileNode
  readonly location: string
  readonly mount: ContainerMount | undefined
}

const maxLinks = 40
const maxPath = 4096
const maxName = 255

/** Follows paths through the directories of a container and whatever is mounted in them. */
export class PathWalker {
  readonly #root: DirectoryEntry
  readonly #readOnlyRoot: boolean
  readonly #mounts: ReadonlyMap<string, ContainerMount>
  /** Directories on the way to mounts, for those that neither the image nor a volume has. */
  readonly #implied: ReadonlyMap<string, DirectoryEntry>
  /** The names of mounts, and of directories on the way to them, by the directory that they appear in. */
  readonly #names: ReadonlyMap<string, ReadonlySet<string>>

  constructor(root: DirectoryEntry, mounts: readonly ContainerMount[], readOnlyRoot: boolean) {
    this.#root = root
    this.#readOnlyRoot = readOnlyRoot
    const byPath = new Map<string, ContainerMount>()
    const implied = new Map<string, DirectoryEntry>()
    const names = new Map<string, Set<string>>()
    for (const mount of mounts) {
      const path = `/${namesOf(mount.path).join('/')}`
      byPath.set(path, mount)
      for (let at = path; at !== '/'; at = parentOf(at)) {
        const above = parentOf(at)
        const siblings = names.get(above) ?? new Set()
        names.set(above, siblings.add(at.slice(at.lastIndexOf('/') + 1)))
        if (above !== '/' && !implied.has(above)) implied.set(above, directoryEntry())
      }
    }
    this.#mounts = byPath
    this.#implied = implied
    this.#names = names
  }

  /** The names that mounts add to a directory. */
  mountedIn(location: string): Iterable<string> {
    return this.#names.get(location) ?? []
  }

  /** True for a mount point, and for a directory with one in it. */
  holdsMount(location: string): boolean {
    return this.#mounts.has(location) || this.#names.has(location)
  }

  /** Follows a path; links on the way always, one at its end only when asked to. Throws a FileError where a directory is missing. */
  find(path: string, { follow }: { readonly follow: boolean }): Place {
    if (path.includes('\0')) throw new FileError('EINVAL', path)
    if (path === '') throw new FileError('ENOENT', path)
    if (path.length > maxPath) throw new FileError('ENAMETOOLONG', path)
    const waiting = namesOf(path).reverse()
    const mustBeDirectory = /\/\.?$/.test(path)
    const steps: Step[] = [this.#start()]
    let links = 0
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const here = steps.at(-1) ?? this.#start()
      if (here.node.kind !== 'directory') throw new FileError('ENOTDIR', path)
      if (name === '..') {
        if (steps.length > 1) steps.pop()
        continue
      }
      if (name.length > maxName) throw new FileError('ENAMETOOLONG', path)
      const last = waiting.length === 0
      const next = this.#enter(here, name)
      if (next === undefined) {
        if (!last || path.endsWith('/.')) throw new FileError('ENOENT', path)
        return this.#missing(here, here.node, name)
      }
      if (next.node.kind === 'link' && (!last || follow || mustBeDirectory)) {
        links += 1
        if (links > maxLinks) throw new FileError('ELOOP', path)
        if (next.node.target.startsWith('/')) steps.length = 1
        waiting.push(...namesOf(next.node.target).reverse())
        continue
      }
      steps.push(next)
    }
    return this.#placed(steps, path, mustBeDirectory)
  }

  #start(): Step {
    const mount = this.#mounts.get('/')
    return { node: mount?.node ?? this.#root, location: '/', mount }
  }

  #enter(here: Step, name: string): Step | undefined {
    if (here.node.kind !== 'directory') return undefined
    const location = here.location === '/' ? `/${name}` : `${here.location}/${name}`
    const mount = this.#mounts.get(location)
    if (mount !== undefined) return { node: mount.node, location, mount }
    const node = here.node.entries.get(name) ?? this.#implied.get(location)
    return node && { node, location, mount: here.mount }
  }

  #missing(here: Step, parent: DirectoryEntry, name: string): Place {
    const location = here.location === '/' ? `/${name}` : `${here.location}/${name}`
    return { node: undefined, parent, name, location, readOnly: this.#isReadOnly(here.mount), mount: here.mount }
  }

  #placed(steps: readonly Step[], path: string, mustBeDirectory: boolean): Place {
    const here = steps.at(-1) ?? this.#start()
    const above = steps.at(-2)
    if (mustBeDirectory && here.node.kind !== 'directory') throw new FileError('ENOTDIR', path)
    return {
      node: here.node,
      parent: above?.node.kind === 'directory' ? above.node : undefined,
      name: here.location.slice(here.location.lastIndexOf('/') + 1),
      location: here.location,
      readOnly: this.#isReadOnly(here.mount),
      mount: here.mount,
    }
  }

  #isReadOnly(mount: ContainerMount | undefined): boolean {
    return mount === undefined ? this.#readOnlyRoot : mount.readOnly
  }
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.')
}

function parentOf(location: string): string {
  return location.slice(0, location.lastIndexOf('/')) || '/'
}
