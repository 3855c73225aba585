/** A value. What comes from outside and looks like a number is one as well as a text. */
export type Value = number | string | Input

/** Text from outside. */
export class Input {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  get looksNumeric(): boolean {
    return /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(this.text)
  }
}

/** Nothing has been assigned: both `0` and the empty text. */
export const nothing: Value = new Input('')

export function textOf(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'number') return value.text
  if (Number.isInteger(value)) return Math.abs(value) < 1e16 ? String(value) : BigInt(value).toString()
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  // As %.6g writes it.
  const [mantissa = '', exponent = '0'] = value.toExponential(5).split('e')
  const power = Number(exponent)
  if (power < -5 || power >= 6) {
    const digits = mantissa.replace(/\.?0+$/, '')
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  const fixed = value.toFixed(Math.max(0, 5 - power))
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed
}

/** The number that a text begins with; 0 where it begins with none. */
export function numberOf(value: Value): number {
  if (typeof value === 'number') return value
  const text = typeof value === 'string' ? value : value.text
  return Number(/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(text)?.[0] ?? 0)
}

export function isTrue(value: Value): boolean {
  if (typeof value === 'number') return value !== 0
  if (typeof value === 'string') return value !== ''
  return value.looksNumeric ? numberOf(value) !== 0 : value.text !== ''
}

const isNumeric = (value: Value): boolean =>
  typeof value === 'number' || value === nothing || (typeof value !== 'string' && value.looksNumeric)

/** Less than, equal to or more than 0, as numbers where both are. */
export function compare(left: Value, right: Value): number {
  if (isNumeric(left) && isNumeric(right)) return numberOf(left) - numberOf(right)
  const [a, b] = [textOf(left), textOf(right)]
  return a < b ? -1 : a > b ? 1 : 0
}
