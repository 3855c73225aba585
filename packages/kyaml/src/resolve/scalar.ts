import { looksLikeTimestamp } from './timestamp.ts'

/**
 * What a scalar stands for under YAML 1.1 as Kubernetes reads it. Integers keep all digits. `timestamp` is told
 * apart only because its tag differs; its value stays the text.
 */
export type Resolved =
  | { readonly type: 'null' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'timestamp'; readonly value: string }
  | { readonly type: 'merge' }

const yes = ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']
const no = ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']
const words = new Map<string, Resolved>([
  ...yes.map((word): [string, Resolved] => [word, { type: 'bool', value: true }]),
  ...no.map((word): [string, Resolved] => [word, { type: 'bool', value: false }]),
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, Resolved] => [word, { type: 'null' }]),
  ...['.nan', '.NaN', '.NAN'].map((word): [string, Resolved] => [word, { type: 'float', value: Number.NaN }]),
  ...['.inf', '.Inf', '.INF'].map((word): [string, Resolved] => [word, { type: 'float', value: Infinity }]),
  ...['+.inf', '+.Inf', '+.INF'].map((word): [string, Resolved] => [word, { type: 'float', value: Infinity }]),
  ...['-.inf', '-.Inf', '-.INF'].map((word): [string, Resolved] => [word, { type: 'float', value: -Infinity }]),
])

/** Reads a plain scalar. `wantsTimestamp` is false under an explicit tag other than `!!timestamp`. */
export function resolvePlain(text: string, wantsTimestamp = true): Resolved {
  const word = words.get(text)
  if (word !== undefined) return word
  const first = text.charAt(0)
  if (first === '.') return parseGoFloat(text) ?? { type: 'string', value: text }
  if (!/^[-+0-9]/.test(first)) return text === '<<' ? { type: 'merge' } : { type: 'string', value: text }
  if (wantsTimestamp && looksLikeTimestamp(text)) return { type: 'timestamp', value: text }
  return resolveNumber(text) ?? { type: 'string', value: text }
}

const decimalFloat = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/

function resolveNumber(text: string): Resolved | undefined {
  const plain = text.replaceAll('_', '')
  const integer = parseGoInteger(plain)
  if (integer !== undefined) return { type: 'int', value: integer }
  if (!decimalFloat.test(plain)) return undefined
  const value = Number(plain)
  return Number.isFinite(value) ? { type: 'float', value } : undefined
}

const minInt64 = -(2n ** 63n)
const maxUint64 = 2n ** 64n - 1n

/** An integer with any of Go's prefixes (`0x`, `0o`, `0b`, leading `0`), within int64 or (unsigned) uint64. */
export function parseGoInteger(text: string): bigint | undefined {
  if (/^0b[-+][01]+$/.test(text)) return parseGoInteger(`${text.charAt(2)}0b${text.slice(3)}`)
  const match = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+)|0([0-7]+)|(0|[1-9][0-9]*))$/.exec(text)
  if (match === null) return undefined
  const [, sign, hex, octal, binary, oldOctal, decimal] = match
  const value = BigInt(
    hex !== undefined
      ? `0x${hex}`
      : octal !== undefined || oldOctal !== undefined
        ? `0o${octal ?? oldOctal}`
        : binary !== undefined
          ? `0b${binary}`
          : (decimal ?? '0'),
  )
  if (sign === '-') return -value >= minInt64 ? -value : undefined
  // A sign is not allowed on the unsigned attempt, so `+2^63` is no integer.
  if (sign === '+') return value < 2n ** 63n ? value : undefined
  return value <= maxUint64 ? value : undefined
}

// A text that starts with a dot: digits must follow; underscores are not dropped here.
function parseGoFloat(text: string): Resolved | undefined {
  if (!/^\.[0-9]+([eE][-+]?[0-9]+)?$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? { type: 'float', value } : undefined
}
