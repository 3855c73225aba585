import { CommandError } from '../shell/shell-error.ts'

/** What the arguments of a command say. */
export interface ParsedOptions {
  has(letter: string): boolean
  /** The last value that was given. */
  value(letter: string): string | undefined
  values(letter: string): readonly string[]
  /** Letters in the order in which they were given. */
  readonly letters: readonly string[]
  readonly operands: readonly string[]
}

/**
 * Reads options as getopt does. `spec` names the letters; a colon behind one says that it has a value. With `+` in front, options
 * end at the first operand; otherwise they may come behind it. `long` leads from long names to letters. Throws a CommandError for
 * an option that is none.
 */
export function parseOptions(
  args: readonly string[],
  spec: string,
  long: Readonly<Record<string, string>> = {},
): ParsedOptions {
  const [found, operands]: [[string, string][], string[]] = [[], []]
  const hasValue = (letter: string) => spec[spec.indexOf(letter) + 1] === ':'
  let at = 0
  const valueAfter = (inline: string | undefined, name: string): string => {
    if (inline !== undefined) return inline
    const value = args[++at]
    if (value === undefined) throw new CommandError(`option requires an argument -- '${name}'`)
    return value
  }
  for (; at < args.length; at++) {
    const text = args[at] ?? ''
    if (text === '--') {
      at++
      break
    }
    if (text.startsWith('--')) {
      const [name = '', ...rest] = text.slice(2).split('=')
      const letter = Object.hasOwn(long, name) ? long[name] : undefined
      if (letter === undefined) throw new CommandError(`unrecognized option: ${name}`)
      const inline = text.includes('=') ? rest.join('=') : undefined
      found.push([letter, hasValue(letter) ? valueAfter(inline, name) : (inline ?? '')])
    } else if (/^-./.test(text)) {
      for (let inside = 1; inside < text.length; inside++) {
        const letter = text[inside] ?? ''
        if (letter === ':' || letter === '+' || !spec.includes(letter))
          throw new CommandError(`invalid option -- '${letter}'`)
        if (!hasValue(letter)) found.push([letter, ''])
        else {
          const inline = text.slice(inside + 1)
          found.push([letter, valueAfter(inline === '' ? undefined : inline, letter)])
          break
        }
      }
    } else if (spec.startsWith('+')) break
    else operands.push(text)
  }
  operands.push(...args.slice(at))
  return {
    has: (letter) => found.some(([one]) => one === letter),
    value: (letter) => found.findLast(([one]) => one === letter)?.[1],
    values: (letter) => found.filter(([one]) => one === letter).map(([, value]) => value),
    letters: found.map(([letter]) => letter),
    operands,
  }
}

/** Arguments in which `-5` is `-n5`, and `+5` is `-n+5`, but where they are the value of an option. */
export function withCounts(args: readonly string[]): readonly string[] {
  return args.map((text, index) =>
    /^-[nc]$/.test(args[index - 1] ?? '') ? text : text.replace(/^-(\d+)$/, '-n$1').replace(/^\+(\d+)$/, '-n+$1'),
  )
}

/** A count with an optional unit (`10`, `4k`, `1M`). Throws a CommandError for what is none. */
export function countFrom(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,15})([bkKmMgG]?)[bB]?$/.exec(text) ?? []
  if (digits === undefined) throw new CommandError(`invalid number '${text}'`)
  const factors: Readonly<Record<string, number>> = { '': 1, b: 512, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }
  return Number(digits) * (factors[unit.toLowerCase()] ?? 1)
}
