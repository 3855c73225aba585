import type { Regex } from '../regex/regex.ts'
import { formatValues } from './format.ts'
import { numberOf, textOf, type Value } from './values.ts'

/** Functions of values alone. */
export const pureFunctions: Readonly<Record<string, (...values: readonly Value[]) => Value>> = {
  index: (text = '', wanted = '') => {
    const at = textOf(text).indexOf(textOf(wanted))
    return at < 0 ? 0 : [...textOf(text).slice(0, at)].length + 1
  },
  int: (value = 0) => Math.trunc(numberOf(value)),
  sqrt: (value = 0) => Math.sqrt(numberOf(value)),
  exp: (value = 0) => Math.exp(numberOf(value)),
  log: (value = 0) => Math.log(numberOf(value)),
  sin: (value = 0) => Math.sin(numberOf(value)),
  cos: (value = 0) => Math.cos(numberOf(value)),
  atan2: (y = 0, x = 0) => Math.atan2(numberOf(y), numberOf(x)),
  toupper: (value = '') => textOf(value).toUpperCase(),
  tolower: (value = '') => textOf(value).toLowerCase(),
  sprintf: (format = '', ...values) => formatValues(textOf(format), values),
  substr: (value = '', start = 1, length) => {
    const characters = [...textOf(value)]
    const first = Math.round(numberOf(start)) - 1
    const end = length === undefined ? characters.length : first + Math.round(numberOf(length))
    return characters.slice(Math.max(0, first), Math.max(0, end)).join('')
  },
}

/** All that a program may call. */
export const functionNames: ReadonlySet<string> = new Set([
  ...Object.keys(pureFunctions),
  'length',
  'split',
  'sub',
  'gsub',
  'match',
])

/** Replaces the first match, or all. `&` in what comes in place stands for what was there. */
export function replaced(
  text: string,
  regex: Regex,
  by: string,
  isForAll: boolean,
): { readonly text: string; readonly count: number } {
  const characters = [...text]
  let result = ''
  let count = 0
  let at = 0
  while (at <= characters.length) {
    const found = regex.match(characters, at)
    if (found === undefined) break
    const [start = 0, end = 0] = found
    const matched = characters.slice(start, end).join('')
    result += characters.slice(at, start).join('')
    result += by.replace(/\\\\|\\&|&/g, (sign) => (sign === '&' ? matched : sign.slice(1)))
    count++
    at = end
    if (end === start) {
      result += characters[end] ?? ''
      at++
    }
    if (!isForAll) break
  }
  return { text: result + characters.slice(at).join(''), count }
}

/** The parts of a text between separators: blanks for a single one, else a character or an expression. */
export function partsOf(text: string, separator: string | Regex): readonly string[] {
  if (separator === ' ') return text.split(/[ \t\n]+/).filter((part) => part !== '')
  if (text === '') return []
  if (typeof separator === 'string') return separator === '' ? [...text] : text.split(separator)
  const characters = [...text]
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < characters.length; ) {
    const [start = 0, end = 0] = separator.match(characters, at) ?? [characters.length, characters.length]
    if (end === start) {
      if (start >= characters.length) break
      at = start + 1
      continue
    }
    parts.push(characters.slice(from, start).join(''))
    from = end
    at = end
  }
  return [...parts, characters.slice(from).join('')]
}
