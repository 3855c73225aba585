import { ContainerFiles } from '../files/container-files.ts'
import { type DirectoryEntry, directoryEntry, directoryOf } from '../files/file-tree.ts'
import type { ContainerConfig } from './container-runtime.ts'
import type { Program } from './program.ts'

const directories = ['bin', 'dev', 'etc', 'home', 'opt', 'proc', 'root', 'run', 'sys', 'tmp', 'usr', 'var']

/** The root directory of a new container: what its image holds, the directories that every system has, and what the node writes. */
export function rootOf({ etc }: Pick<ContainerConfig, 'etc'>, files: NonNullable<Program['files']>): DirectoryEntry {
  const root = directoryOf(files)
  for (const name of directories) if (!root.entries.has(name)) root.entries.set(name, directoryEntry())
  const written = new ContainerFiles({ root, mounts: [], now: () => 0 })
  for (const [path, text] of Object.entries(etc?.() ?? {})) written.write(path, text)
  return root
}
