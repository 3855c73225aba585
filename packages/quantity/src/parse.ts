import { type Amount, compareAmounts, negateAmount, roundAmount, zero } from './amount.ts'
import { limit, QuantityParseError } from './errors.ts'
import { type QuantityFormat, type Suffix, suffixes } from './format.ts'
import { maxInt64, whole } from './whole.ts'

/** What a text says. */
export interface Parsed {
  readonly amount: Amount
  readonly format: QuantityFormat
  /** The text itself, when upstream takes it for canonical (it does not look for a plus or a point). */
  readonly text?: string
}

// No part can match what its neighbour matches, so that a long wrong text is refused in one pass.
const pattern = /^([+-]?)(\d*)(?:\.(\d*))?((?:[eEinumkKMGTP]+[-+]?\d*|[-+]\d*)?)$/

const maxInt64Digits = 18
const nano = -9
const one: Amount = { value: 1, scale: 0, dec: false }
const largest: Amount = { value: maxInt64, scale: 0, dec: true }

function readSuffix(text: string, quantity: string): Suffix {
  const known = suffixes.get(text)
  if (known !== undefined) return known
  if (!/^[eE][-+]?\d+$/.test(text)) throw new QuantityParseError('suffix', quantity)
  const exponent = BigInt(text.slice(1).replace('+', ''))
  // Beyond an int64 upstream fails, beyond an int32 it goes on with another exponent.
  if (BigInt.asIntN(64, exponent) !== exponent) throw new QuantityParseError('suffix', quantity)
  if (exponent > limit || exponent < -limit) throw new QuantityParseError('limit', quantity)
  return { base: 10, exponent: Number(exponent), format: 'DecimalExponent' }
}

/** Reads a quantity as upstream does. Throws a QuantityParseError. */
export function parse(text: string): Parsed {
  if (text === '0') return { amount: zero, format: 'DecimalSI', text }
  if (text.length > limit) throw new QuantityParseError('limit', text)
  const match = text === '' ? null : pattern.exec(text)
  if (match === null) throw new QuantityParseError('format', text)
  const [, sign, integer = '', fraction = '', suffixText = ''] = match
  const suffix = readSuffix(suffixText, text)
  const negative = sign === '-'
  const digits = integer.replace(/^0+/, '') || '0'

  const short = readInt64(digits, fraction, suffix, negative)
  if (short !== undefined) return canonicalAsWritten(short, digits + fraction, suffix, text)
  if (integer === '' && fraction === '') throw new QuantityParseError('numeric', text)
  return readDecimal(BigInt(digits + fraction), fraction.length, suffix, negative)
}

interface Int64 {
  readonly amount: Amount
  readonly digits: bigint | number
}

/** The short way, for numbers that surely fit an int64; undefined for the others. */
function readInt64(integer: string, fraction: string, suffix: Suffix, negative: boolean): Int64 | undefined {
  const { base, exponent } = suffix
  const length = integer.length + fraction.length
  const scale = (base === 10 ? exponent : 0) - fraction.length
  if (base === 2) {
    if (fraction !== '' || 14 - length - Math.trunc((exponent * 3) / 10) < 0) return undefined
  } else if (length > maxInt64Digits || scale < nano) return undefined
  const digits = whole(BigInt(integer + fraction))
  const value = base === 2 && exponent > 0 ? whole(BigInt(digits) << BigInt(exponent)) : digits
  const amount: Amount = { value, scale, dec: false }
  return { amount: negative ? negateAmount(amount) : amount, digits }
}

function canonicalAsWritten({ amount, digits }: Int64, shifted: string, suffix: Suffix, text: string): Parsed {
  const { format } = suffix
  const canonical =
    format === 'BinarySI'
      ? BigInt(digits) % 8n !== 0n
      : amount.scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0')
  return canonical ? { amount, format, text } : { amount, format }
}

function readDecimal(digits: bigint, places: number, suffix: Suffix, negative: boolean): Parsed {
  const { base, exponent } = suffix
  let { format } = suffix
  const factor = base === 2 ? 1n << BigInt(exponent) : 1n
  let amount: Amount = { value: whole(digits * factor), scale: (base === 10 ? exponent : 0) - places, dec: true }
  // Whoever asks for less than the least amount gets the least amount.
  if (digits !== 0n) amount = roundAmount(amount, nano)[0]
  if (format === 'BinarySI') {
    if (compareAmounts(amount, largest) > 0) amount = largest
    if (amount.value !== 0 && compareAmounts(amount, one) < 0) format = 'DecimalSI'
  }
  return { amount: negative ? negateAmount(amount) : amount, format }
}
