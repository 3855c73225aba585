import { readAll } from '../shell/streams.ts'
import type { CommandContext, CommandFunction } from '../shell/world.ts'
import { eachInput, linesOf, piecesOf } from './inputs.ts'
import { countFrom, parseOptions, withCounts } from './options.ts'

/** Writes names between several files, as `head` and `tail` do. */
export function heading({ stdout }: CommandContext, several: boolean): (path: string) => Promise<void> {
  let isFirst = true
  return async (path) => {
    if (several) await stdout.write(`${isFirst ? '' : '\n'}==> ${path === '-' ? 'standard input' : path} <==\n`)
    isFirst = false
  }
}

/** `head`: the first lines or bytes; all but the last for a negative number. */
export const head: CommandFunction = async (context) => {
  const options = parseOptions(withCounts(context.args), 'n:c:qv')
  const { stdout } = context
  const wanted = options.value('c') ?? options.value('n') ?? '10'
  const count = countFrom(wanted.replace(/^[-+]/, ''))
  const named = heading(context, options.has('v') || (options.operands.length > 1 && !options.has('q')))
  return eachInput(context, options.operands, async (input, path) => {
    await named(path)
    if (wanted.startsWith('-')) {
      const all = await readAll(input)
      if (options.has('c')) await stdout.write(all.subarray(0, Math.max(0, all.length - count)))
      else {
        const ends = [...all.keys()].filter((at) => all[at] === 10 || at === all.length - 1)
        await stdout.write(all.subarray(0, (ends[ends.length - count - 1] ?? -1) + 1))
      }
      return
    }
    if (count === 0) return
    let left = count
    if (options.has('c')) {
      for await (const piece of piecesOf(context, input)) {
        await stdout.write(piece.subarray(0, left))
        left -= piece.length
        if (left < 0) input.unread(piece.subarray(piece.length + left))
        if (left <= 0) return
      }
      return
    }
    for await (const { text, ended } of linesOf(context, input)) {
      await stdout.write(`${text}${ended ? '\n' : ''}`)
      if (--left === 0) return
    }
  })
}
