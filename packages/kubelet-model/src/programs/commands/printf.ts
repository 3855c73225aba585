import { CommandError, NotModelled } from '../shell/shell-error.ts'
import type { CommandFunction } from '../shell/world.ts'
import { unescaped } from './escapes.ts'

const directive = /%([-+ 0#]*)(\*|\d{1,6})?(?:\.(\*|\d{0,6}))?([a-zA-Z%])/y
const widest = 100_000

/** `printf`: its arguments in a format, which is used again for those that are left. */
export const printf: CommandFunction = async ({ args: [format, ...args], stdout, task }) => {
  if (format === undefined) throw new CommandError('usage: printf FORMAT [ARGUMENT]...')
  const values = [...args]
  do {
    await task.step(0.1)
    const before = values.length
    const { text, stopped } = formatted(format, values)
    await stdout.write(text)
    if (stopped || values.length === before) break
  } while (values.length > 0)
  return 0
}

/** Fills a format with values, which are taken from the front of the list. */
export function formatted(format: string, values: string[]): { readonly text: string; readonly stopped: boolean } {
  let text = ''
  for (let at = 0; at < format.length; ) {
    const percent = format.indexOf('%', at)
    const plain = unescaped(format.slice(at, percent < 0 ? undefined : percent))
    text += plain.text
    if (plain.stopped || percent < 0) return { text, stopped: plain.stopped }
    directive.lastIndex = percent
    const match = directive.exec(format)
    if (match === null) throw new CommandError(`${format.slice(percent)}: invalid format`)
    const [all, flags = '', width, precision, kind = ''] = match
    at = percent + all.length
    if (kind === '%') {
      text += '%'
      continue
    }
    const size = (value: string | undefined) => (value === '*' ? Number(values.shift() ?? 0) || 0 : Number(value ?? 0))
    const wide = Math.min(widest, size(width))
    const exact = precision === undefined ? undefined : Math.min(widest, size(precision))
    const value = values.shift() ?? ''
    if (kind === 'b') {
      const { text: shown, stopped } = unescaped(value)
      text += padded(shown, wide, flags, false)
      if (stopped) return { text, stopped }
      continue
    }
    text += padded(shownAs(kind, value, exact, flags), wide, flags, 'diuxXofeg'.includes(kind) && exact === undefined)
  }
  return { text, stopped: false }
}

function padded(text: string, width: number, flags: string, isNumber: boolean): string {
  if (flags.includes('-')) return text.padEnd(width)
  if (!isNumber || !flags.includes('0')) return text.padStart(width)
  const sign = /^[-+]/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}

function shownAs(kind: string, value: string, precision: number | undefined, flags: string): string {
  const signed = (text: string) => (flags.includes('+') && !text.startsWith('-') ? `+${text}` : text)
  const digits = (text: string) => {
    const sign = text.startsWith('-') ? '-' : ''
    return sign + text.slice(sign.length).padStart(precision ?? 0, '0')
  }
  switch (kind) {
    case 's':
      return precision === undefined ? value : [...value].slice(0, precision).join('')
    case 'q':
      return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
    case 'c':
      return [...value][0] ?? ''
    case 'd':
    case 'i':
      return signed(digits(String(integer(value))))
    case 'u':
      return digits(String(BigInt.asUintN(64, integer(value))))
    case 'o':
      return digits(BigInt.asUintN(64, integer(value)).toString(8))
    case 'x':
      return (flags.includes('#') ? '0x' : '') + digits(BigInt.asUintN(64, integer(value)).toString(16))
    case 'X':
      return digits(BigInt.asUintN(64, integer(value)).toString(16).toUpperCase())
    case 'f':
    case 'F':
      return signed(real(value).toFixed(Math.min(precision ?? 6, 100)))
    case 'e':
      return signed(
        real(value)
          .toExponential(Math.min(precision ?? 6, 100))
          .replace(/e([-+])(\d)$/, 'e$10$2'),
      )
    case 'g':
      return signed(String(Number(real(value).toPrecision(Math.min(Math.max(precision ?? 6, 1), 100)))))
    default:
      throw new NotModelled(`%${kind}`)
  }
}

function integer(text: string): bigint {
  if (/^['"]/.test(text)) return BigInt(text.codePointAt(1) ?? 0)
  const [, sign = '', digits] = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|\d+)$/.exec(text) ?? []
  if (digits === undefined) {
    if (text === '') return 0n
    throw new CommandError(`invalid number '${text}'`)
  }
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.replace(/^0+(?=\d)/, ''))
  return BigInt.asIntN(64, sign === '-' ? -value : value)
}

function real(text: string): number {
  const value = Number(text.trim() === '' ? '0' : text)
  if (Number.isNaN(value)) throw new CommandError(`invalid number '${text}'`)
  return value
}
