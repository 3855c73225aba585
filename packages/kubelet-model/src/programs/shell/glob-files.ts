import type { FileSystem } from '../../files/file-system.ts'
import { isGlob, matchesGlob, unescapeGlob } from './glob.ts'
import { ShellError } from './shell-error.ts'

const maxFound = 20_000

/** The files whose names match a pattern, sorted; names with a dot in front only where the pattern has one. */
export function expandPattern(
  pattern: string,
  { files, cwd }: { readonly files: FileSystem; readonly cwd: string },
): readonly string[] {
  const isAbsolute = pattern.startsWith('/')
  let found: string[] = [isAbsolute ? '/' : '']
  const names = pattern.split('/').filter((name) => name !== '')
  for (const [index, name] of names.entries()) {
    const last = index === names.length - 1
    if (found.length > maxFound) throw new ShellError(`${pattern.slice(0, 40)}: matches too many files`)
    found = found.flatMap((base) => {
      if (!isGlob(name)) {
        const path = `${base}${unescapeGlob(name)}`
        if (files.stat(inside(cwd, path), { follow: false }) === undefined) return []
        return [last ? path : `${path}/`]
      }
      return namesIn(files, inside(cwd, base))
        .filter((entry) => (name.startsWith('.') || !entry.startsWith('.')) && matchesGlob(name, entry))
        .map((entry) => `${base}${entry}`)
        .filter((path) => last || files.stat(inside(cwd, path))?.kind === 'directory')
        .map((path) => (last ? path : `${path}/`))
    })
  }
  return pattern.endsWith('/') ? found.map((path) => `${path}/`) : found
}

function namesIn(files: FileSystem, path: string): readonly string[] {
  return files.stat(path)?.kind === 'directory' ? files.list(path) : []
}

/** A path as seen from a directory. */
export function inside(cwd: string, path: string): string {
  if (path.startsWith('/')) return path
  if (path === '') return cwd
  return cwd === '/' ? `/${path}` : `${cwd}/${path}`
}
