import { inside } from '../../shell/glob-files.ts'
import { CommandError } from '../../shell/shell-error.ts'
import type { Input, Output } from '../../shell/streams.ts'
import type { CommandContext, CommandFunction } from '../../shell/world.ts'
import { eachInput, linesOf } from '../inputs.ts'
import { parseOptions } from '../options.ts'
import { Machine } from './machine.ts'
import { parseSed } from './script.ts'

/** `sed`: `s`, `y`, `d`, `p`, `a`, `i`, `c`, `q`, `n`, `=`, the hold space, blocks and addresses; no labels. */
export const sed: CommandFunction = async (context) => {
  const long = { 'regexp-extended': 'E', quiet: 'n', silent: 'n', 'in-place': 'i', expression: 'e', file: 'f' }
  const inPlace = context.args.some((text) => /^(-[nEr]*i|--in-place)/.test(text))
  const args = context.args.map((text) => text.replace(/^-([nEr]*)i.*$/, (_all, before: string) => `-${before}i`))
  const options = parseOptions(args, 'nEre:f:isz', long)
  const { cwd, world, stdout } = context
  const operands = [...options.operands]
  const sources = options.values('e').concat(options.values('f').map((path) => world.files.read(inside(cwd, path))))
  if (sources.length === 0) {
    const script = operands.shift()
    if (script === undefined) throw new CommandError('usage: sed [-i] [-nE] [-f FILE]... [-e CMD]... [FILE]...')
    sources.push(script)
  }
  const script = parseSed(sources.join('\n'), options.has('E') || options.has('r'))
  const machine = () => new Machine(script, options.has('n'))
  if (!inPlace) return run(context, operands, machine(), stdout)
  let code = 0
  for (const path of operands) {
    const parts: string[] = []
    const output: Output = { write: (data) => void parts.push(String(data)) }
    const ended = await run(context, [path], machine(), output)
    if (ended === 0) world.files.write(inside(cwd, path), parts.join(''))
    else code = ended
  }
  return code
}

/** The last line must be known as such: one line is always held back. */
async function run(
  context: CommandContext,
  paths: readonly string[],
  machine: Machine,
  output: Output,
): Promise<number> {
  let held: { readonly text: string; readonly ended: boolean } | undefined
  let stopped = false
  const take = async (input: Input) => {
    for await (const line of linesOf(context, input)) {
      if (held && !(await machine.line(held, false, output))) {
        stopped = true
        return
      }
      held = line
    }
  }
  const code = await eachInput(context, paths, async (input) => {
    if (!stopped) await take(input)
  })
  if (held && !stopped) await machine.line(held, true, output)
  return machine.exitCode || code
}
