import { formatTimestamp, goDuration } from './time.ts'
import {
  CelDuration,
  CelError,
  CelList,
  CelMap,
  CelObject,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type Value,
} from './value.ts'

/** `%g` and `%v` of a double in Go. */
export function goDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e')
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= 6) {
    const digits = String(Math.abs(exponent)).padStart(2, '0')
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`
  }
  return plainDouble(value)
}

/** All digits, no exponent: `strconv.FormatFloat(v, 'f', -1, 64)`. */
export function plainDouble(value: number): string {
  const text = String(value)
  if (!text.includes('e')) return text
  const [mantissa = '', exponentText = '0'] = text.split('e')
  const exponent = Number(exponentText)
  const negative = mantissa.startsWith('-')
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = whole + fraction
  const point = whole.length + exponent
  const plain =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : point >= digits.length
        ? digits + '0'.repeat(point - digits.length)
        : `${digits.slice(0, point)}.${digits.slice(point)}`
  return negative ? `-${plain}` : plain
}

/** `%v` of a value, as error texts show it. */
export function goValue(value: Value): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'number':
      return goDouble(value)
  }
  if (value === null) return 'null'
  if (value instanceof CelUint) return String(value.value)
  if (value instanceof CelError) return value.message
  if (value instanceof CelDuration) return goDuration(value.nanos)
  if (value instanceof CelTimestamp) return formatTimestamp(value.nanos, value.zone)
  if (value instanceof CelTypeValue) return value.type.name
  if (value instanceof CelOptional)
    return value.value === undefined ? 'optional.none()' : `optional(${goValue(value.value)})`
  if (value instanceof Uint8Array) return `[${[...value].join(' ')}]`
  if (value instanceof CelList) {
    const parts: string[] = []
    for (let index = 0; index < value.size; index++) parts.push(goValue(value.at(index)))
    return `[${parts.join(', ')}]`
  }
  if (value instanceof CelMap) {
    const parts: string[] = []
    for (const key of value.keys()) parts.push(`${goValue(key)}: ${goValue(value.find(key) ?? null)}`)
    return `{${parts.join(', ')}}`
  }
  return value instanceof CelObject ? value.toString() : ''
}

const quoted: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
])

/** Go's `%q`. */
export function goQuote(text: string): string {
  const points = Array.from(text, (point) => {
    const known = quoted.get(point)
    if (known !== undefined) return known
    if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(point)) return point
    const code = point.codePointAt(0) ?? 0
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
  })
  return `"${points.join('')}"`
}
