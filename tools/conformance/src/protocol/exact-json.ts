const mark = '\u0000integer:'
const tokens = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/g
const marked = new RegExp(`"${JSON.stringify(mark).slice(1, -1).replace(/\\/g, '\\\\')}(-?[0-9]+)"`, 'g')

/** Reads JSON; an integer that a number cannot hold becomes a bigint. Throws SyntaxError. */
export function parseExact(text: string): unknown {
  const replaced = text.replace(tokens, (token) => {
    if (token.length < 16 || token.startsWith('"') || !/^-?[0-9]+$/.test(token)) return token
    return Number.isSafeInteger(Number(token)) ? token : JSON.stringify(mark + token)
  })
  if (replaced === text) return JSON.parse(text)
  return JSON.parse(replaced, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  )
}

/** Writes JSON on one line; a bigint becomes an integer literal. */
export function printExact(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? mark + part : part)) ?? 'null'
  return text.replace(marked, '$1')
}

/** A JSON value as code that keeps numbers as doubles reads it: bigints become numbers. */
export function toDoubles(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(toDoubles)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toDoubles(part)]))
}
