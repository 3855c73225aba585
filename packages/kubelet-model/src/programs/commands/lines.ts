import { openOutput } from '../shell/devices.ts'
import { CommandError } from '../shell/shell-error.ts'
import type { CommandFunction } from '../shell/world.ts'
import { allLines, eachInput, linesOf, piecesOf } from './inputs.ts'
import { parseOptions } from './options.ts'

const wc: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'lwcmL', { lines: 'l', words: 'w', bytes: 'c', chars: 'm' })
  const wanted =
    options.letters.length === 0 ? ['l', 'w', 'c'] : ['l', 'w', 'm', 'c', 'L'].filter((one) => options.has(one))
  const totals: Record<string, number> = { l: 0, w: 0, c: 0, m: 0, L: 0 }
  const shown = (counts: Readonly<Record<string, number>>, name: string) => {
    const [only] = wanted
    const numbers = wanted.map((one) => String(counts[one]))
    const text = wanted.length === 1 && only ? String(counts[only]) : numbers.map((one) => one.padStart(9)).join(' ')
    return `${text}${name === '-' ? '' : ` ${name}`}\n`
  }
  const code = await eachInput(context, options.operands, async (input, path) => {
    const counts: Record<string, number> = { l: 0, w: 0, c: 0, m: 0, L: 0 }
    const add = (one: string, by: number) => {
      counts[one] = (counts[one] ?? 0) + by
    }
    if (wanted.length === 1 && wanted[0] === 'c')
      for await (const piece of piecesOf(context, input)) add('c', piece.length)
    else {
      for await (const { text, ended } of linesOf(context, input)) {
        add('l', ended ? 1 : 0)
        add('w', text.split(/\s+/).filter((word) => word !== '').length)
        add('m', [...text].length + (ended ? 1 : 0))
        add('c', new TextEncoder().encode(text).length + (ended ? 1 : 0))
        counts['L'] = Math.max(counts['L'] ?? 0, [...text].length)
      }
    }
    for (const one of Object.keys(totals)) totals[one] = (totals[one] ?? 0) + (counts[one] ?? 0)
    await context.stdout.write(shown(counts, path))
  })
  if (options.operands.length > 1) await context.stdout.write(shown(totals, 'total'))
  return code
}

const uniq: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'cdui')
  const [from, to] = options.operands
  const { cwd, world } = context
  const output = to === undefined ? context.stdout : openOutput(to, false, cwd, world, context)
  let [line, count]: [string | undefined, number] = [undefined, 0]
  const fold = (text: string) => (options.has('i') ? text.toLowerCase() : text)
  const flush = async () => {
    if (line === undefined || (options.has('d') && count < 2) || (options.has('u') && count > 1)) return
    await output.write(`${options.has('c') ? `${String(count).padStart(7)} ` : ''}${line}\n`)
  }
  const code = await eachInput(context, from === undefined ? [] : [from], async (input) => {
    for await (const { text } of linesOf(context, input)) {
      if (line !== undefined && fold(text) === fold(line)) count++
      else {
        await flush()
        line = text
        count = 1
      }
    }
  })
  await flush()
  return code
}

/** `1,3-5,7-`: true for the numbers in it. Throws a CommandError for what is no list. */
function listOf(text: string): (number: number) => boolean {
  const ranges = text.split(',').map((part) => {
    const [all, low, dash, high] = /^(\d{0,9})(-?)(\d{0,9})$/.exec(part) ?? []
    if (all === undefined || all === '' || all === '-') throw new CommandError(`bad list: ${text}`)
    const first = Number(low || 1)
    return [first, dash === '' ? first : high === '' ? Number.POSITIVE_INFINITY : Number(high)] as const
  })
  return (number) => ranges.some(([first, last]) => number >= first && number <= last)
}

const cut: CommandFunction = async (context) => {
  const long = { delimiter: 'd', fields: 'f', characters: 'c', bytes: 'b', 'output-delimiter': 'O' }
  const options = parseOptions(context.args, 'd:f:c:b:snO:', long)
  const list = options.value('f') ?? options.value('c') ?? options.value('b')
  if (list === undefined) throw new CommandError('expected a list of bytes, characters, or fields')
  const wanted = listOf(list)
  const delimiter = options.value('d') ?? '\t'
  if ([...delimiter].length !== 1) throw new CommandError('the delimiter must be a single character')
  return eachInput(context, options.operands, async (input) => {
    for await (const { text } of linesOf(context, input)) {
      const pick = (parts: readonly string[]) => parts.filter((_, index) => wanted(index + 1))
      if (!options.has('f')) await context.stdout.write(`${pick([...text]).join('')}\n`)
      else if (text.includes(delimiter))
        await context.stdout.write(`${pick(text.split(delimiter)).join(options.value('O') ?? delimiter)}\n`)
      else if (!options.has('s')) await context.stdout.write(`${text}\n`)
    }
  })
}

const tac: CommandFunction = async (context) => {
  const { lines, code } = await allLines(context, context.args)
  for (const line of lines.reverse()) await context.stdout.write(`${line}\n`)
  return code
}

const rev: CommandFunction = (context) =>
  eachInput(context, context.args, async (input) => {
    for await (const { text } of linesOf(context, input))
      await context.stdout.write(`${[...text].reverse().join('')}\n`)
  })

const nl: CommandFunction = (context) => {
  let number = 0
  return eachInput(context, parseOptions(context.args, 'b:').operands, async (input) => {
    for await (const { text } of linesOf(context, input))
      await context.stdout.write(text === '' ? '\n' : `${String(++number).padStart(6)}\t${text}\n`)
  })
}

const paste: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'sd:')
  const delimiter = (options.value('d') ?? '\t').slice(0, 1)
  const columns: (readonly string[])[] = []
  const code = await eachInput(context, options.operands, async (input) => {
    const lines: string[] = []
    for await (const { text } of linesOf(context, input)) lines.push(text)
    columns.push(lines)
  })
  const rows = options.has('s')
    ? columns
    : Array.from({ length: Math.max(0, ...columns.map(({ length }) => length)) }, (_, row) =>
        columns.map((one) => one[row] ?? ''),
      )
  for (const row of rows) await context.stdout.write(`${row.join(delimiter)}\n`)
  return code
}

/** Commands that look at lines one by one. */
export const lineCommands: Readonly<Record<string, CommandFunction>> = { wc, uniq, cut, tac, rev, nl, paste }
