const simple: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
  '`': 96,
  '?': 63,
}

/** The content of a string token; throws an Error with upstream's message when an escape is no character. */
export function unquote(token: string): string {
  const { text, raw } = strip(token)
  if (raw || !text.includes('\\')) return text
  return replaceEscapes(text, (code, wide) => {
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw new Error('invalid unicode code point')
    return wide ? String.fromCodePoint(code) : String.fromCharCode(code)
  }).join('')
}

/** The content of a bytes token, without its `b`. */
export function unquoteBytes(token: string): Uint8Array {
  const { text, raw } = strip(token)
  if (raw || !text.includes('\\')) return new TextEncoder().encode(text)
  const bytes: number[] = []
  const pieces = replaceEscapes(text, (code, _wide, kind) => {
    if (kind === 'u' || kind === 'U') throw new Error('unable to unescape string')
    return code
  })
  for (const piece of pieces) {
    if (typeof piece === 'number') bytes.push(piece & 0xff)
    else bytes.push(...new TextEncoder().encode(piece))
  }
  return Uint8Array.from(bytes)
}

function strip(token: string): { readonly text: string; readonly raw: boolean } {
  const normal = token.replace(/\r\n?/g, '\n')
  const raw = normal.startsWith('r') || normal.startsWith('R')
  const quoted = raw ? normal.slice(1) : normal
  const triple = quoted.length >= 6 && (quoted.startsWith("'''") || quoted.startsWith('"""'))
  return { text: triple ? quoted.slice(3, -3) : quoted.slice(1, -1), raw }
}

type Decode<T> = (code: number, wide: boolean, kind: string) => T

function replaceEscapes<T>(text: string, decode: Decode<T>): (string | T)[] {
  const pieces: (string | T)[] = []
  const pattern = /\\(?:([xX])([0-9a-fA-F]{2})|(u)([0-9a-fA-F]{4})|(U)([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))/g
  let last = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index > last) pieces.push(text.slice(last, match.index))
    last = match.index + match[0].length
    const kind = match[1] ?? match[3] ?? match[5] ?? ''
    const hex = match[2] ?? match[4] ?? match[6]
    if (hex !== undefined) pieces.push(decode(Number.parseInt(hex, 16), true, kind))
    else if (match[7] !== undefined) pieces.push(decode(Number.parseInt(match[7], 8), true, ''))
    else pieces.push(decode(simple[match[8] ?? ''] ?? 0, false, ''))
  }
  if (last < text.length) pieces.push(text.slice(last))
  return pieces
}
