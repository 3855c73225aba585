import { type Amount, compareAmounts, roundAmount } from './amount.ts'
import { binarySuffix, decimalSuffix, type QuantityFormat } from './format.ts'

/** Digits with an optional minus, and the power of ten (a multiple of 3) they count in. */
export interface CanonicalDigits {
  readonly digits: string
  readonly exponent: number
}

/** The fewest digits whose exponent is a multiple of 3. */
export function canonicalDigits({ value, scale }: Amount): CanonicalDigits {
  const text = String(value)
  const digits = value === 0 ? text : text.replace(/0+$/, '')
  const exponent = scale + text.length - digits.length
  const excess = ((exponent % 3) + 3) % 3
  return { digits: value === 0 ? text : digits + '0'.repeat(excess), exponent: exponent - excess }
}

const kibi: Amount = { value: 1024, scale: 0, dec: false }
const minusKibi: Amount = { value: -1024, scale: 0, dec: false }

function binaryText(amount: Amount): string | undefined {
  if (compareAmounts(amount, minusKibi) > 0 && compareAmounts(amount, kibi) < 0) return undefined
  const [rounded, exact] = roundAmount(amount, 0)
  if (!exact) return undefined
  let value = BigInt(rounded.value) * 10n ** BigInt(rounded.scale)
  let times = 0
  // The least int64 has no positive to divide, so upstream leaves it whole.
  if (rounded.dec || value !== -(2n ** 63n)) {
    while (value % 1024n === 0n) {
      value /= 1024n
      times++
    }
  }
  return value + binarySuffix(times)
}

/** The canonical text: no fraction, nothing lost, the largest suffix that allows both. */
export function canonicalText(amount: Amount, format: QuantityFormat): string {
  if (amount.value === 0) return '0'
  const binary = format === 'BinarySI' ? binaryText(amount) : undefined
  if (binary !== undefined) return binary
  const { digits, exponent } = canonicalDigits(amount)
  return digits + decimalSuffix(exponent, format === 'BinarySI' ? 'DecimalSI' : format)
}

/** Plain decimal notation, with as many digits after the point as the amount carries. */
export function decimalText({ value, scale }: Amount): string {
  if (scale >= 0) return value === 0 ? '0' : String(value) + '0'.repeat(scale)
  const sign = value < 0 ? '-' : ''
  const digits = String(value)
    .slice(sign.length)
    .padStart(1 - scale, '0')
  return `${sign}${digits.slice(0, scale)}.${digits.slice(scale)}`
}
