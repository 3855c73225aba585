import type { FileStat } from '../../files/file-system.ts'
import type { CommandContext } from '../shell/world.ts'

/** A path below another one. */
export interface Walked {
  readonly path: string
  readonly stat: FileStat
  readonly depth: number
}

/** The path of an entry of a directory. */
export function within(directory: string, name: string): string {
  return directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`
}

/** A path and all below it, directories before what they hold, or behind it. Links are not followed. Who walks far lets time go on. */
export async function* walk(
  context: Pick<CommandContext, 'world' | 'task'>,
  path: string,
  {
    depth = Number.POSITIVE_INFINITY,
    holdersLast = false,
  }: { readonly depth?: number; readonly holdersLast?: boolean } = {},
  at: number = 0,
): AsyncGenerator<Walked> {
  const { files } = context.world
  await context.task.step(0.2)
  const stat = files.stat(path, { follow: false })
  if (stat === undefined) return
  if (!holdersLast) yield { path, stat, depth: at }
  // It may be gone by now: whoever walks may remove what is found.
  if (stat.kind === 'directory' && at < depth && files.stat(path, { follow: false })?.kind === 'directory') {
    for (const name of files.list(path)) yield* walk(context, within(path, name), { depth, holdersLast }, at + 1)
  }
  if (holdersLast) yield { path, stat, depth: at }
}
