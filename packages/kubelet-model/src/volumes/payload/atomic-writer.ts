import {
  bytesOf,
  type DirectoryEntry,
  directoryEntry,
  type FileNode,
  fileEntry,
  linkEntry,
} from '../../files/file-tree.ts'
import { apiTime } from '../../time.ts'
import { MountError } from '../mount-error.ts'
import { contentOf, type Payload } from './payload.ts'

const dataLink = '..data'
const longestPath = 4096
const longestName = 255

/** How a payload is written. */
export interface WriteOptions {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The group that owns everything, where the pod has an fsGroup. */
  readonly fsGroup?: number
  /** Tells apart what is written within one second. */
  readonly serial: number
}

/**
 * Writes the files of a payload into a volume's directory so that they change all at once: they lie in a directory named by the
 * time, to which `..data` leads, and what users see are links through that. False when everything was there already. Throws a
 * MountError for paths that leave the volume.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/util/atomic_writer.go
 */
export function writeAtomically(root: DirectoryEntry, payload: Payload, options: WriteOptions): boolean {
  for (const path of payload.keys()) checkPath(path)
  const clean = new Map([...payload].map(([path, file]) => [cleaned(path), file]))
  const link = root.entries.get(dataLink)
  const before = link?.kind === 'link' ? root.entries.get(link.target) : undefined
  if (before?.kind === 'directory' && isSame(before, clean)) return false
  const name = `..${stamp(options.now)}.${1_000_000_000 + options.serial}`
  root.entries.set(name, treeOf(clean, options))
  if (link?.kind === 'link') root.entries.delete(link.target)
  const { now: modifiedAt } = options
  root.entries.set(dataLink, linkEntry(name, { modifiedAt }))
  const visible = new Set([...clean.keys()].map((path) => path.split('/')[0] ?? ''))
  for (const entry of visible) root.entries.set(entry, linkEntry(`${dataLink}/${entry}`, { modifiedAt }))
  if (before?.kind === 'directory') {
    for (const entry of before.entries.keys()) if (!visible.has(entry)) root.entries.delete(entry)
  }
  root.modifiedAt = modifiedAt
  return true
}

function checkPath(path: string): void {
  const names = path.split('/')
  const wrong = (why: string) => new MountError(`invalid path: ${why}`)
  if (path === '') throw wrong('must not be empty: ""')
  if (path.startsWith('/')) throw wrong(`must be relative path: ${path}`)
  if (path.length > longestPath) throw wrong(`must be less than or equal to ${longestPath} characters`)
  if (names.includes('..')) throw wrong(`must not contain '..': ${path}`)
  if (names.some((name) => name.length > longestName)) {
    throw wrong(`filenames must be less than or equal to ${longestName} characters`)
  }
  if (path.startsWith('..')) throw wrong(`must not start with '..': ${path}`)
}

const cleaned = (path: string): string =>
  path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/')

/** The time in UTC, to the second, as names of directories hold it. */
const stamp = (now: number): string => apiTime(now).replace(/[-T:]/g, '_').replace('Z', '')

/** True when a directory holds just the files of a payload. */
function isSame(directory: DirectoryEntry, payload: Payload): boolean {
  const found = filesIn(directory)
  if (found.size !== payload.size) return false
  for (const [path, file] of payload) {
    const known = found.get(path)
    if (known?.kind !== 'file' || !isEqual(known.content, contentOf(file))) return false
  }
  return true
}

function isEqual(left: string | Uint8Array, right: string | Uint8Array): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left === right
  const [one, other] = [left, right].map((content) => bytesOf(fileEntry(content)))
  return one?.length === other?.length && one?.every((byte, index) => byte === other?.[index]) === true
}

function filesIn(directory: DirectoryEntry, prefix = ''): Map<string, FileNode> {
  const found = new Map<string, FileNode>()
  for (const [name, entry] of directory.entries) {
    if (entry.kind !== 'directory') found.set(prefix + name, entry)
    else for (const [path, file] of filesIn(entry, `${prefix}${name}/`)) found.set(path, file)
  }
  return found
}

function treeOf(payload: Payload, { now: modifiedAt, fsGroup }: WriteOptions): DirectoryEntry {
  const group = fsGroup === undefined ? {} : { gid: fsGroup }
  const newDirectory = () => directoryEntry({ mode: fsGroup === undefined ? 0o755 : 0o2755, modifiedAt, ...group })
  const root = newDirectory()
  for (const [path, file] of payload) {
    const names = path.split('/')
    const last = names.pop() ?? ''
    let directory = root
    for (const name of names) {
      const found = directory.entries.get(name) ?? newDirectory()
      if (found.kind !== 'directory') throw new MountError(`open ${path}: not a directory`)
      directory.entries.set(name, found)
      directory = found
    }
    // Those of the group may read what the owner may.
    const mode = fsGroup === undefined ? file.mode : file.mode | 0o440
    const owner = file.uid === undefined ? {} : { uid: file.uid }
    directory.entries.set(last, fileEntry(contentOf(file), { mode, modifiedAt, ...group, ...owner }))
  }
  return root
}
