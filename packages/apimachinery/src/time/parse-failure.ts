import { isCivilDay } from './civil.ts'

/** One part of a layout: what Go calls it, what it takes from the text, and the range that the number must be in. */
interface Part {
  readonly name: string
  readonly pattern: RegExp
  readonly range?: readonly [name: string, first: number, last: number]
}

const literal = (name: string): Part => ({ name, pattern: new RegExp(`^${name}`) })

const head: readonly Part[] = [
  { name: '2006', pattern: /^\d{4}/ },
  literal('-'),
  { name: '01', pattern: /^\d{2}/, range: ['month', 1, 12] },
  literal('-'),
  { name: '02', pattern: /^\d{2}/ },
  literal('T'),
  { name: '15', pattern: /^\d{1,2}/, range: ['hour', 0, 23] },
  literal(':'),
  { name: '04', pattern: /^\d{2}/, range: ['minute', 0, 59] },
  literal(':'),
]
const second: Part = { name: '05', pattern: /^\d{2}/, range: ['second', 0, 59] }
const zone: Part = { name: 'Z07:00', pattern: /^(?:Z|[+-]\d{2}:\d{2})/ }

const wholeParts: readonly Part[] = [...head, second, { name: '', pattern: /^(?:[.,]\d+)?/ }, zone]
const microParts: readonly Part[] = [...head, second, { name: '.000000', pattern: /^[.,]\d{6}/ }, zone]

const encoder = new TextEncoder()

/** A text as Go's `time` quotes it: what is no printable ASCII stands there byte by byte. */
function quote(text: string): string {
  const byte = (value: number): string => {
    const char = String.fromCharCode(value)
    if (value < 0x20 || value >= 0x80) return `\\x${value.toString(16).padStart(2, '0')}`
    return char === '"' || char === '\\' ? `\\${char}` : char
  }
  return `"${[...encoder.encode(text)].map(byte).join('')}"`
}

/**
 * What Go says of a text that is no time in a layout, from the first part that does not fit.
 *
 * @see https://pkg.go.dev/time#ParseError
 */
export function parseFailure(text: string, layout: string): string {
  const parsing = `parsing time ${quote(text)}`
  let rest = text
  const taken: string[] = []
  for (const { name, pattern, range } of layout.includes('.000000') ? microParts : wholeParts) {
    const found = pattern.exec(rest)?.[0]
    if (found === undefined) return `${parsing} as ${quote(layout)}: cannot parse ${quote(rest)} as ${quote(name)}`
    rest = rest.slice(found.length)
    if (range && (Number(found) < range[1] || Number(found) > range[2])) return `${parsing}: ${range[0]} out of range`
    taken.push(found)
  }
  if (rest !== '') return `${parsing}: extra text: ${quote(rest)}`
  const [year, , month, , day] = taken.map(Number)
  if (!isCivilDay({ year: year ?? 0, month: month ?? 0, day: day ?? 0 })) return `${parsing}: day out of range`
  return `${parsing}: time zone offset ${/[+-](?:2[5-9]|[3-9]\d):/.test(text) ? 'hour' : 'minute'} out of range`
}
