import { isDevice } from '../shell/devices.ts'
import { inside } from '../shell/glob-files.ts'
import { CommandError } from '../shell/shell-error.ts'
import { type Input, joinBytes, textFrom } from '../shell/streams.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'
import { milliseconds } from './duration.ts'
import { heading } from './head.ts'
import { eachInput, linesOf, piecesOf } from './inputs.ts'
import { countFrom, parseOptions, withCounts } from './options.ts'

const slowest = 8000

/** `tail`: the last lines or bytes, those from a number on with `+`; `-f` goes on with what is added. */
export const tail: CommandFunction = async (context) => {
  const options = parseOptions(withCounts(context.args), 'n:c:fFqvs:', { follow: 'f', lines: 'n', bytes: 'c' })
  const wanted = options.value('c') ?? options.value('n') ?? '10'
  const count = countFrom(wanted.replace(/^[-+]/, ''))
  const named = heading(context, options.has('v') || (options.operands.length > 1 && !options.has('q')))
  const part = { count, from: wanted.startsWith('+'), bytes: options.has('c') }
  const follows = options.has('f') || options.has('F')
  const sizes = new Map<string, number>()
  const code = await eachInput(context, options.operands, async (input, path) => {
    await named(path)
    if (follows && path !== '-') sizes.set(path, sizeOf(context, path))
    await lastPart(context, input, part)
  })
  if (!follows) return code
  if (options.has('F')) for (const path of options.operands) if (!sizes.has(path)) sizes.set(path, 0)
  if (sizes.size === 0) return code
  const interval = milliseconds(options.value('s') ?? '1')
  if (interval === undefined || interval < 1) throw new CommandError('invalid number')
  return follow(context, sizes, interval)
}

interface Part {
  readonly count: number
  /** Everything from this line or byte on. */
  readonly from: boolean
  readonly bytes: boolean
}

async function lastPart(context: CommandContext, input: Input, { count, from, bytes }: Part): Promise<void> {
  const { stdout } = context
  if (bytes) {
    let kept = new Uint8Array()
    let skip = from ? Math.max(0, count - 1) : 0
    for await (const piece of piecesOf(context, input)) {
      if (from) await stdout.write(piece.subarray(skip))
      else kept = joinBytes([kept, piece]).slice(-count)
      skip = Math.max(0, skip - piece.length)
    }
    if (!from && count > 0) await stdout.write(kept)
    return
  }
  const kept: string[] = []
  let number = 0
  for await (const { text, ended } of linesOf(context, input)) {
    const line = `${text}${ended ? '\n' : ''}`
    number++
    if (from) {
      if (number >= count) await stdout.write(line)
      continue
    }
    kept.push(line)
    if (kept.length > 2 * count + 1000) kept.splice(0, kept.length - count)
  }
  if (count > 0) await stdout.write(kept.slice(-count).join(''))
}

const sizeOf = ({ world, cwd }: CommandContext, path: string): number => world.files.stat(inside(cwd, path))?.size ?? 0

/** Looks again and again, less often when nothing comes; never where nothing can come. */
async function follow(context: CommandContext, sizes: Map<string, number>, interval: number): Promise<number> {
  const { task, cwd, world, stdout } = context
  const paths = [...sizes.keys()].filter((path) => !isDevice(inside(cwd, path)))
  if (paths.length === 0) await task.sleep(Number.POSITIVE_INFINITY)
  const named = heading(context, paths.length > 1)
  for (let wait = interval; ; wait = Math.min(wait * 2, Math.max(interval, slowest))) {
    await task.sleep(wait)
    for (const path of paths) {
      const [before, now] = [sizes.get(path) ?? 0, sizeOf(context, path)]
      if (now === before) continue
      wait = interval / 2
      sizes.set(path, now)
      if (now < before) continue
      await named(path)
      await stdout.write(textFrom(world.files.readBytes(inside(cwd, path)).subarray(before)))
    }
  }
}
