import { CommandError } from '../shell/shell-error.ts'
import type { CommandFunction } from '../shell/world.ts'
import { parseOptions } from './options.ts'

const basename: CommandFunction = async ({ args, stdout }) => {
  const options = parseOptions(args, 'as:', { suffix: 's', multiple: 'a' })
  if (options.operands.length === 0) throw new CommandError('missing operand')
  const several = options.has('a') || options.has('s')
  const [first = '', second] = options.operands
  const suffix = several ? options.value('s') : second
  for (const path of several ? options.operands : [first]) {
    const name = path.replace(/\/+$/, '').split('/').pop() || (path.startsWith('/') ? '/' : '')
    const cut = suffix !== undefined && suffix !== '' && name.endsWith(suffix) && name !== suffix
    await stdout.write(`${cut ? name.slice(0, -suffix.length) : name}\n`)
  }
  return 0
}

const dirname: CommandFunction = async ({ args, stdout }) => {
  if (args.length === 0) throw new CommandError('missing operand')
  for (const path of args) {
    const trimmed = path.replace(/(?<=.)\/+$/, '')
    const slash = trimmed.lastIndexOf('/')
    await stdout.write(`${slash < 0 ? '.' : trimmed.slice(0, slash).replace(/\/+$/, '') || '/'}\n`)
  }
  return 0
}

const seq: CommandFunction = async ({ args, stdout, task }) => {
  let [separator, width, at] = ['\n', false, 0]
  for (; /^-[ws]/.test(args[at] ?? ''); at++) {
    if (args[at] === '-w') width = true
    else separator = args[at]?.slice(2) || (args[++at] ?? '\n')
  }
  const numbers = args.slice(at)
  if (numbers.length === 0 || numbers.length > 3) throw new CommandError('usage: seq [-w] [-s SEP] [FIRST [INC]] LAST')
  for (const text of numbers)
    if (!/^-?(\d{1,15}(\.\d{0,9})?|\.\d{1,9})$/.test(text)) throw new CommandError(`invalid number '${text}'`)
  const [first, step, last] =
    numbers.length === 1 ? ['1', '1', numbers[0]] : numbers.length === 2 ? [numbers[0], '1', numbers[1]] : numbers
  const digits = Math.max(...[first, step].map((text) => (text ?? '').split('.')[1]?.length ?? 0))
  const [from, by, to] = [Number(first), Number(step), Number(last)]
  if (by === 0) throw new CommandError('increment must not be 0')
  const size = width ? Math.max(from.toFixed(digits).length, to.toFixed(digits).length) : 0
  let isFirst = true
  for (let index = 0; ; index++) {
    const value = from + index * by
    if (by > 0 ? value > to + 1e-12 : value < to - 1e-12) break
    const text = value.toFixed(digits)
    const shown = text.startsWith('-') ? `-${text.slice(1).padStart(size - 1, '0')}` : text.padStart(size, '0')
    await stdout.write(`${isFirst ? '' : separator}${shown}`)
    isFirst = false
    await task.step(0.5)
  }
  if (!isFirst) await stdout.write('\n')
  return 0
}

/** Commands that only calculate with their arguments. */
export const argumentCommands: Readonly<Record<string, CommandFunction>> = { basename, dirname, seq }
