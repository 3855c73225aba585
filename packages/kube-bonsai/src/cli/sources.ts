import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError } from './cli-error.ts'
import type { Console } from './console.ts'

/** A text with the name it is known by. */
export interface Source {
  readonly file: string
  readonly text: string
}

const manifest = /\.(?:ya?ml|json|kyaml)$/i

/**
 * Reads files, whole directories (recursively, in order of their names; only .yaml, .yml, .json and .kyaml) and `-` for standard input.
 * Throws a CliError for what is not there.
 */
export async function readSources(paths: readonly string[], console: Console): Promise<readonly Source[]> {
  const sources: Source[] = []
  for (const path of paths) {
    if (path === '-') sources.push({ file: '<stdin>', text: await console.readStdin() })
    else sources.push(...(await readPath(path)))
  }
  return sources
}

async function readPath(path: string): Promise<readonly Source[]> {
  const info = await stat(path).catch(() => undefined)
  if (info === undefined) {
    throw new CliError(`the path "${path}" does not exist`, {
      advice: 'Give a file, a directory, or - for standard input.',
    })
  }
  if (!info.isDirectory()) return [{ file: path, text: await readFile(path, 'utf8') }]
  const entries = await readdir(path, { withFileTypes: true })
  entries.sort((left, right) => (left.name < right.name ? -1 : 1))
  const found: Source[] = []
  for (const entry of entries) {
    if (entry.isDirectory() || manifest.test(entry.name)) found.push(...(await readPath(join(path, entry.name))))
  }
  return found
}
