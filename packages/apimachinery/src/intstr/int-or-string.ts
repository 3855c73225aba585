import { parseInt64 } from '../text/int64.ts'
import { quote } from '../text/quote.ts'

/** A number of 32 bits, or a text that as a rule is a percentage. */
export type IntOrString = number | string

/** A value that is no int-or-string, or not the kind of it that is asked for. Its message is upstream's. */
export class IntOrStringError extends Error {
  override readonly name = 'IntOrStringError'
}

const min32 = -(2 ** 31)
const max32 = 2 ** 31 - 1

/**
 * Reads an int-or-string from JSON: a string, or an integer of 32 bits; null is 0.
 *
 * @throws IntOrStringError for anything else
 * @see staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go
 */
export function decodeIntOrString(json: unknown): IntOrString {
  if (typeof json === 'string') return json
  if (json === null) return 0
  if (typeof json === 'number' && Number.isInteger(json) && json >= min32 && json <= max32) return json
  const shown = typeof json === 'number' ? `number ${json}` : Array.isArray(json) ? 'array' : typeof json
  throw new IntOrStringError(`json: cannot unmarshal ${shown} into Go value of type int32`)
}

/** Reads a text as a number of 32 bits where it is one, and as itself otherwise. */
export function parseIntOrString(text: string): IntOrString {
  const value = parseInt64(text)
  return value === undefined || value < BigInt(min32) || value > BigInt(max32) ? text : Number(value)
}

/** The number, or that of a numeric text, or 0; out of range becomes the nearest 64-bit number. */
export function intValue(value: IntOrString): number {
  if (typeof value === 'number') return value
  const parsed = parseInt64(value)
  if (parsed !== undefined) return Number(parsed)
  if (!isOutOfRange(value)) return 0
  return value.startsWith('-') ? -(2 ** 63) : 2 ** 63 - 1
}

/**
 * Scales: a number is itself, a percentage is that much of the total.
 *
 * @param roundUp rounds a fraction up, else down
 * @throws IntOrStringError for a text that is no percentage
 */
export function scaledValue(value: IntOrString, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value
  if (!value.endsWith('%')) throw wrong('invalid type: string is not a percentage')
  return share(atoi(value.slice(0, -1), value), total, roundUp)
}

/** Scales as upstream once did: every text is a percentage, wherever its percent signs stand. */
export function legacyScaledValue(value: IntOrString, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value
  return share(atoi(value.replaceAll('%', ''), value), total, roundUp)
}

function share(percentage: number, total: number, roundUp: boolean): number {
  const exact = (percentage * total) / 100
  const rounded = roundUp ? Math.ceil(exact) : Math.floor(exact)
  return rounded === 0 ? 0 : rounded
}

function atoi(text: string, whole: string): number {
  const value = parseInt64(text)
  if (value !== undefined) return Number(value)
  const problem = isOutOfRange(text) ? 'value out of range' : 'invalid syntax'
  throw wrong(`invalid value ${quote(whole)}: strconv.Atoi: parsing ${quote(text)}: ${problem}`)
}

/** Go notices that digits overflow before it sees what follows them. */
function isOutOfRange(text: string): boolean {
  const digits = /^[+-]?([0-9]+)(.?)/.exec(text)
  if (digits === null) return false
  return digits[2] === '' || BigInt((digits[1] ?? '').slice(0, 4096)) >= 2n ** 64n
}

function wrong(detail: string): IntOrStringError {
  return new IntOrStringError(`invalid value for IntOrString: ${detail}`)
}
