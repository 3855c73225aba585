import { inside } from '../../shell/glob-files.ts'
import { CommandError } from '../../shell/shell-error.ts'
import type { CommandContext, CommandFunction } from '../../shell/world.ts'
import { unescaped } from '../escapes.ts'
import { eachInput, linesOf } from '../inputs.ts'
import { parseOptions } from '../options.ts'
import { AwkMachine } from './machine.ts'
import { parseAwk } from './parser.ts'
import { Input } from './values.ts'

const assignment = /^([A-Za-z_]\w*)=(.*)$/s

/** `awk`: what a program does with the lines of files. Functions of one's own, pipes, files and `getline` are not modelled. */
export const awk: CommandFunction = async (context) => {
  const options = parseOptions(context.args, '+F:v:f:')
  const file = options.value('f')
  const [program, ...operands] =
    file === undefined ? options.operands : [context.world.files.read(inside(context.cwd, file)), ...options.operands]
  if (program === undefined) throw new CommandError('usage: awk [-F SEP] [-v NAME=VALUE] PROGRAM [FILE]...', 1)
  const machine = new AwkMachine(context, parseAwk(program))
  const separator = options.value('F')
  if (separator !== undefined) machine.assign('FS', separator === 't' ? '\t' : unescaped(separator).text)
  for (const text of options.values('v'))
    if (!assign(machine, text)) throw new CommandError(`bad assignment: ${text}`, 1)
  await machine.edge('begin')
  const code = machine.exitCode === undefined && !machine.readsNothing ? await readAll(context, machine, operands) : 0
  await machine.edge('end')
  return machine.exitCode ?? code
}

/** The lines of all files; assignments among them hold from there on. */
async function readAll(context: CommandContext, machine: AwkMachine, operands: readonly string[]): Promise<number> {
  const files = operands.filter((operand) => !assignment.test(operand))
  let code = 0
  for (const path of files.length === 0 ? [...operands, '-'] : operands) {
    if (assign(machine, path)) continue
    machine.assign('FILENAME', path === '-' ? '' : path)
    machine.assign('FNR', 0)
    const ended = await eachInput(context, [path], async (input) => {
      for await (const { text } of linesOf(context, input)) if (!(await machine.line(text))) return
    })
    code = Math.max(code, ended)
    if (machine.exitCode !== undefined) break
  }
  return code
}

function assign(machine: AwkMachine, text: string): boolean {
  const [, name, value = ''] = assignment.exec(text) ?? []
  if (name !== undefined) machine.assign(name, new Input(unescaped(value).text))
  return name !== undefined
}
