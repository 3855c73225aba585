import { formatted } from '../printf.ts'
import { numberOf, textOf, type Value } from './values.ts'

const directive = /%[-+ 0#]*(?:\*|\d{1,6})?(?:\.(?:\*|\d{0,6}))?([a-zA-Z%])/g

/** Fills a format as awk does it: what is no number counts as 0. */
export function formatValues(format: string, values: readonly Value[]): string {
  const left = [...values]
  return format.replace(directive, (all, kind: string) => {
    if (kind === '%') return '%'
    const sizes = [...all]
      .filter((character) => character === '*')
      .map(() => String(Math.trunc(numberOf(left.shift() ?? 0))))
    const value = left.shift() ?? ''
    if (kind === 'c') {
      const text =
        typeof value === 'number'
          ? String.fromCodePoint(Math.min(0x10ffff, Math.max(0, Math.trunc(value))))
          : textOf(value)
      return formatted(`${all.slice(0, -1)}s`, [...sizes, [...text][0] ?? '']).text
    }
    if ('dioxXu'.includes(kind)) return formatted(all, [...sizes, wholeText(numberOf(value))]).text
    if ('eEfFgG'.includes(kind)) return formatted(all, [...sizes, String(numberOf(value))]).text
    return formatted(all, [...sizes, textOf(value)]).text
  })
}

const wholeText = (value: number): string => (Number.isFinite(value) ? BigInt(Math.trunc(value)).toString() : '0')
