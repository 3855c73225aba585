import { resolvePlain } from '../resolve/scalar.ts'

/** The ways to write a scalar in block YAML. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal'

/** Line breaks to YAML 1.1. */
export const isBreak = (c: string | undefined): boolean => c !== undefined && /[\n\r\u0085\u2028\u2029]/.test(c)

/** Printable as libyaml sees it; characters beyond the basic plane are not. */
export function isPrintable(c: string): boolean {
  const code = c.codePointAt(0) ?? 0
  if (code < 0xa0) return code === 0x0a || (code >= 0x20 && code <= 0x7e)
  return code < 0xfffe && code !== 0xfeff
}

const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/

/** Picks how a string value is written. `key` is true for a key on the same line as its colon. */
export function chooseStyle(text: string, key: boolean): ScalarStyle {
  const allowed = analyze(text)
  if (text.includes('\n')) return !key && allowed.block ? 'literal' : 'double'
  if (text === '' || (resolvePlain(text).type !== 'string' && text !== '<<') || base60.test(text)) return 'double'
  if (key && allowed.multiline) return 'double'
  if (allowed.plain) return 'plain'
  return allowed.single ? 'single' : 'double'
}

/** Tells whether a text holds a line break, so that it cannot be a simple key. */
export function isMultiline(text: string): boolean {
  return isBreak(text)
}

function analyze(text: string): { plain: boolean; single: boolean; block: boolean; multiline: boolean } {
  const special = [...text].some((c) => !isPrintable(c))
  const spaceBeforeBreak = / [\n\r\u0085\u2028\u2029]/.test(text)
  const spaceAfterBreak = /[\n\r\u0085\u2028\u2029] /.test(text)
  const trailingSpace = text.endsWith(' ')
  const multiline = isBreak(text)
  const single = !spaceAfterBreak && !spaceBeforeBreak && !special
  const plain = single && !multiline && !trailingSpace && !text.startsWith(' ') && !hasIndicators(text)
  return { plain, single, block: !trailingSpace && !spaceBeforeBreak && !special, multiline }
}

function hasIndicators(text: string): boolean {
  return /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?:[ \t]|$))|:(?:[ \t]|$)|[\0 \t\r\n\u0085\u2028\u2029]#/.test(text)
}
