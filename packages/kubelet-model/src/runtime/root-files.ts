import { type DirectoryEntry, directoryEntry, directoryOf, fileEntry } from '../files/file-tree.ts'
import type { ContainerConfig } from './container-runtime.ts'
import type { Program } from './program.ts'

const directories = ['bin', 'dev', 'etc', 'home', 'opt', 'proc', 'root', 'run', 'sys', 'tmp', 'usr', 'var']

/** The root directory of a new container: what its image holds, the directories that every system has, and its host name. */
export function rootOf(
  { podName }: Pick<ContainerConfig, 'podName'>,
  { files = {} }: Pick<Program, 'files'>,
): DirectoryEntry {
  const root = directoryOf(files)
  for (const name of directories) if (!root.entries.has(name)) root.entries.set(name, directoryEntry())
  const etc = root.entries.get('etc')
  // The runtime writes it whatever the image says; 63 characters are what a host name may have.
  if (etc?.kind === 'directory')
    etc.entries.set('hostname', fileEntry(`${podName.slice(0, 63).replace(/[-.]+$/, '')}\n`))
  return root
}
