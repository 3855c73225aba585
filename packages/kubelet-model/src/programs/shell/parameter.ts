import { type ExpansionHost, expandAsPattern, expandText } from './expand.ts'
import { matchesGlob } from './glob.ts'
import { NotModelled, ShellError } from './shell-error.ts'
import type { ParameterPart, Word } from './syntax.ts'

/** What stands for a parameter: its value, changed, or a word that takes its place. */
export async function changedValue(
  part: ParameterPart,
  host: ExpansionHost,
): Promise<string | { readonly word: Word }> {
  const { name, operator, length, word } = part
  if (length) {
    if (name === '@' || name === '*') return String(host.args.length)
    return String([...(host.valueOf(name) ?? '')].length)
  }
  if (operator === undefined) return parameterValue(name, host) ?? ''
  const value = quietValueOf(name, host)
  const isMissing = operator.startsWith(':') ? value === undefined || value === '' : value === undefined
  switch (operator) {
    case '-':
    case ':-':
      return isMissing ? { word } : (value ?? '')
    case '+':
    case ':+':
      return isMissing ? '' : { word }
    case '=':
    case ':=': {
      if (!isMissing) return value ?? ''
      const text = await expandText(word, host)
      host.assign(name, text)
      return text
    }
    case '?':
    case ':?':
      if (!isMissing) return value ?? ''
      throw new ShellError(`${name}: ${(await expandText(word, host)) || 'parameter not set'}`)
    case '/':
    case '//':
      return replaced(parameterValue(name, host) ?? '', part, host)
    default:
      return without(parameterValue(name, host) ?? '', operator, await expandAsPattern(word, host))
  }
}

function parameterValue(name: string, host: ExpansionHost): string | undefined {
  return name === '@' || name === '*' ? host.args.join(' ') : host.valueOf(name)
}

/** The same without an error for what is not set. */
function quietValueOf(name: string, host: ExpansionHost): string | undefined {
  if (name === '@' || name === '*') return host.args.length === 0 ? undefined : host.args.join(' ')
  try {
    return host.valueOf(name)
  } catch (error) {
    if (error instanceof ShellError) return undefined
    throw error
  }
}

/** `%` and `#` take away the shortest match at an end, doubled ones the longest. */
function without(value: string, operator: '%' | '%%' | '#' | '##', pattern: string): string {
  mustBeShort(value)
  const lengths = Array.from({ length: value.length + 1 }, (_, length) => length)
  if (operator.length === 2) lengths.reverse()
  for (const length of lengths) {
    const taken = operator.startsWith('#') ? value.slice(0, length) : value.slice(value.length - length)
    if (!matchesGlob(pattern, taken)) continue
    return operator.startsWith('#') ? value.slice(length) : value.slice(0, value.length - length)
  }
  return value
}

async function replaced(
  value: string,
  { operator, word, replacement }: ParameterPart,
  host: ExpansionHost,
): Promise<string> {
  const pattern = await expandAsPattern(word, host)
  const text = await expandText(replacement, host)
  if (pattern === '') return value
  mustBeShort(value)
  let result = ''
  for (let at = 0; at < value.length; ) {
    const length = longestAt(value, at, pattern)
    if (length === undefined) result += value[at++] ?? ''
    else {
      result += text
      at += length
      if (operator === '/') return result + value.slice(at)
    }
  }
  return result
}

function longestAt(value: string, at: number, pattern: string): number | undefined {
  // Patterns without `*` cannot match more than they are long.
  const longest = pattern.includes('*') ? value.length - at : Math.min(value.length - at, pattern.length)
  for (let length = longest; length > 0; length--) if (matchesGlob(pattern, value.slice(at, at + length))) return length
  return undefined
}

/** Trying every length takes the square of it. */
function mustBeShort(value: string): void {
  if (value.length > 10_000) throw new NotModelled('patterns on a value of more than 10,000 characters')
}
