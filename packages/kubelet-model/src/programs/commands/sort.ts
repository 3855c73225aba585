import { openOutput } from '../shell/devices.ts'
import { CommandError } from '../shell/shell-error.ts'
import type { CommandFunction } from '../shell/world.ts'
import { allLines } from './inputs.ts'
import { type ParsedOptions, parseOptions } from './options.ts'

type Compare = (left: string, right: string) => number

/** A part of a line that lines are ordered by. */
interface Key {
  readonly firstField: number
  readonly firstCharacter: number
  readonly lastField: number
  readonly lastCharacter: number
  readonly letters: string
}

/** `sort`. */
export const sort: CommandFunction = async (context) => {
  const options = parseOptions(context.args, 'rnufhVbidgk:t:o:cCsMz', {
    reverse: 'r',
    unique: 'u',
    'numeric-sort': 'n',
  })
  if (options.has('M') || options.has('z')) throw new CommandError('not modelled: -M and -z', 2)
  const { lines, code } = await allLines(context, options.operands)
  await context.task.step(lines.length / 20)
  const keys = options.values('k').map(keyOf)
  const wholeLetters = [...'rnfhVbdg'].filter((letter) => options.has(letter)).join('')
  const compare = comparing(keys, wholeLetters, options)
  if (options.has('c') || options.has('C')) {
    const wrong = lines.findIndex(
      (line, index) => index > 0 && compare(lines[index - 1] ?? '', line) > (options.has('u') ? -1 : 0),
    )
    if (wrong > 0 && options.has('c'))
      await context.stderr.write(`sort: ${options.operands[0] ?? '-'}:${wrong + 1}: disorder: ${lines[wrong]}\n`)
    return wrong > 0 ? 1 : 0
  }
  const sorted = lines.sort(options.has('u') || options.has('s') ? compare : lastResort(compare, options.has('r')))
  const kept = options.has('u')
    ? sorted.filter((line, index) => index === 0 || compare(sorted[index - 1] ?? '', line) !== 0)
    : sorted
  const path = options.value('o')
  const output = path === undefined ? context.stdout : openOutput(path, false, context.cwd, context.world, context)
  for (let at = 0; at < kept.length; at += 100)
    await output.write(
      kept
        .slice(at, at + 100)
        .map((line) => `${line}\n`)
        .join(''),
    )
  return code
}

const byText: Compare = (left, right) => (left < right ? -1 : left > right ? 1 : 0)

/** Lines that are the same to all keys are ordered as they are. */
const lastResort =
  (compare: Compare, reverse: boolean): Compare =>
  (left, right) =>
    compare(left, right) || (reverse ? -1 : 1) * byText(left, right)

function keyOf(text: string): Key {
  const match = /^(\d{1,6})(?:\.(\d{1,6}))?([rnfhVbdg]*)(?:,(\d{1,6})(?:\.(\d{1,6}))?([rnfhVbdg]*))?$/.exec(text)
  if (match === null || match[1] === '0') throw new CommandError(`bad field specification '${text}'`)
  const [, field, character, letters = '', last, lastCharacter, more = ''] = match
  return {
    firstField: Number(field),
    firstCharacter: Number(character ?? 1),
    lastField: last === undefined ? Number.POSITIVE_INFINITY : Number(last),
    lastCharacter: Number(lastCharacter ?? 0),
    letters: letters + more,
  }
}

function comparing(keys: readonly Key[], letters: string, options: ParsedOptions): Compare {
  if (keys.length === 0) return orderOf(letters)
  const separator = options.value('t')
  const orders = keys.map((key) => {
    const order = orderOf(key.letters === '' ? letters : key.letters)
    return (left: string, right: string) => order(partOf(left, key, separator), partOf(right, key, separator))
  })
  return (left, right) => {
    for (const order of orders) {
      const result = order(left, right)
      if (result !== 0) return result
    }
    return 0
  }
}

function partOf(
  line: string,
  { firstField, firstCharacter, lastField, lastCharacter }: Key,
  separator: string | undefined,
): string {
  // Without a separator, blanks belong to the field behind them.
  const fields = separator === undefined ? (line.match(/[ \t]*[^ \t]+/g) ?? []) : line.split(separator)
  const chosen = fields.slice(firstField - 1, lastField)
  if (lastCharacter > 0 && chosen.length === lastField - firstField + 1)
    chosen.push((chosen.pop() ?? '').slice(0, lastCharacter))
  return chosen.join(separator ?? '').slice(firstCharacter - 1)
}

function orderOf(letters: string): Compare {
  const sign = letters.includes('r') ? -1 : 1
  const prepare = (text: string) => {
    const trimmed = /[bnhg]/.test(letters) ? text.trimStart() : text
    const folded = letters.includes('f') ? trimmed.toUpperCase() : trimmed
    return letters.includes('d') ? folded.replace(/[^\p{L}\p{N}\s]/gu, '') : folded
  }
  if (/[ng]/.test(letters)) return (left, right) => sign * (numberOf(prepare(left)) - numberOf(prepare(right)))
  if (letters.includes('h')) return (left, right) => sign * (sizeOf(prepare(left)) - sizeOf(prepare(right)))
  if (letters.includes('V')) return (left, right) => sign * byVersion(left, right)
  return (left, right) => sign * byText(prepare(left), prepare(right))
}

const numberOf = (text: string): number => Number(/^-?\d*(\.\d*)?/.exec(text)?.[0] || 0) || 0

function sizeOf(text: string): number {
  const unit = /^-?[\d.]+([KMGTP])/i.exec(text)?.[1]?.toUpperCase() ?? ''
  return numberOf(text) * 1024 ** ['', 'K', 'M', 'G', 'T', 'P'].indexOf(unit)
}

function byVersion(left: string, right: string): number {
  const parts = (text: string) => text.match(/\d+|\D+/g) ?? []
  const [ones, others] = [parts(left), parts(right)]
  for (let at = 0; at < Math.min(ones.length, others.length); at++) {
    const [one = '', other = ''] = [ones[at], others[at]]
    const result = /^\d/.test(one) && /^\d/.test(other) ? Number(one) - Number(other) : byText(one, other)
    if (result !== 0) return result
  }
  return ones.length - others.length
}
