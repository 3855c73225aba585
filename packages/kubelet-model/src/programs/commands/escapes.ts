const plain: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  e: '\x1b',
  '\\': '\\',
}

/** Text in which backslashes mean something, as `echo -e` and `printf` read it; `stopped` after `\c`, which ends the output. */
export function unescaped(text: string): { readonly text: string; readonly stopped: boolean } {
  let result = ''
  for (let at = 0; at < text.length; at++) {
    const one = text[at] ?? ''
    const next = text[at + 1]
    if (one !== '\\' || next === undefined) {
      result += one
      continue
    }
    if (next === 'c') return { text: result, stopped: true }
    const rest = text.slice(at + 1, at + 6)
    const octal = /^0?[0-7]{1,3}/.exec(rest)?.[0]
    const hex = /^x[0-9a-fA-F]{1,2}/.exec(rest)?.[0]
    if (Object.hasOwn(plain, next)) {
      result += plain[next] ?? ''
      at++
    } else if (octal !== undefined) {
      result += String.fromCharCode(Number.parseInt(octal, 8) & 255)
      at += octal.length
    } else if (hex !== undefined) {
      result += String.fromCharCode(Number.parseInt(hex.slice(1), 16))
      at += hex.length
    } else result += one
  }
  return { text: result, stopped: false }
}
