import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { NodeShape } from '@kube-bonsai/kubelet-model'
import type { LoadedFiles } from '../nodes-file/read.ts'
import { CliError } from './cli-error.ts'
import type { Console } from './console.ts'
import { readSources } from './sources.ts'

/** What `--nodes` stands for: so many nodes of the default shape, or those of a file. Throws a NodesFileError, or a CliError. */
export async function nodesOf(option: number | string, console: Console): Promise<readonly NodeShape[]> {
  if (typeof option === 'number') {
    const { nodeShapes } = await import('../cluster/options.ts')
    return nodeShapes(option)
  }
  const { readNodeShapes } = await import('../nodes-file/read.ts')
  if (option !== '-' && !(await stat(option).catch(() => undefined))?.isFile()) {
    throw new CliError(`--nodes ${option}: neither a number nor a file`, {
      advice: 'Give a whole number, such as 5, or a file that describes nodes.',
      usage: true,
    })
  }
  const [source] = await readSources([option], console)
  const { file = option, text = '' } = source ?? {}
  return readNodeShapes(text, { file, load: (path) => loadBeside(option, path) })
}

/** A file, or those of a directory, by a path relative to the file of nodes. */
async function loadBeside(nodesFile: string, path: string): Promise<LoadedFiles> {
  const full = resolve(dirname(nodesFile), path)
  const info = await stat(full).catch(() => undefined)
  if (info === undefined) throw new Error(`${path} is not there; give a file beside ${nodesFile}`)
  const names = info.isDirectory() ? (await readdir(full)).map((name) => join(full, name)) : [full]
  const texts = await Promise.all(names.map(async (name) => [name, await readFile(name, 'utf8')] as const))
  return { path: full, files: Object.fromEntries(texts) }
}
