import { openOutput } from '../shell/devices.ts'
import type { Output } from '../shell/streams.ts'
import type { CommandFunction } from '../shell/world.ts'
import { eachInput, linesOf, piecesOf } from './inputs.ts'
import { parseOptions } from './options.ts'

const cat: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'nbuesv')
  const numbers = options.has('n') || options.has('b')
  let number = 0
  return eachInput(context, options.operands, async (input) => {
    if (!numbers) {
      for await (const piece of piecesOf(context, input)) await context.stdout.write(piece)
      return
    }
    for await (const { text, ended } of linesOf(context, input)) {
      const shown = options.has('b') && text === '' ? '' : `${String(++number).padStart(6)}\t`
      await context.stdout.write(`${shown}${text}${ended ? '\n' : ''}`)
    }
  })
}

const tee: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'ai')
  const outputs: Output[] = [context.stdout]
  for (const path of options.operands)
    outputs.push(openOutput(path, options.has('a'), context.cwd, context.world, context))
  for await (const piece of piecesOf(context, context.stdin)) for (const output of outputs) await output.write(piece)
  return 0
}

const yes: CommandFunction = async ({ args, stdout, task }) => {
  const line = `${args.length === 0 ? 'y' : args.join(' ')}\n`
  const text = line.repeat(Math.max(1, Math.floor(4096 / line.length)))
  for (;;) {
    await task.step(1 + text.length / 512)
    await stdout.write(text)
  }
}

/** Commands that pass on what they read, and one that never ends. */
export const copying: Readonly<Record<string, CommandFunction>> = { cat, tee, yes }
