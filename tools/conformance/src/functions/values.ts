import {
  decodeIntOrString,
  formatDuration,
  formatMicroTime,
  formatTime,
  formatTimeNano,
  humanDuration,
  intValue,
  isZeroTime,
  legacyScaledValue,
  parseDuration,
  parseIntOrString,
  parseMicroTime,
  parseTime,
  scaledValue,
  shortHumanDuration,
  zeroTime,
} from '@kube-bonsai/apimachinery'
import type { OracleFunction } from '../protocol/answer.ts'
import { define, either } from './define.ts'

interface TimeInput {
  readonly kind: string
  readonly json: string | number | null
}

function text(json: string | number | null): string {
  if (typeof json !== 'string') throw new Error('json: cannot unmarshal a value that is no string into a time')
  return json
}

const times: Readonly<Record<string, (json: string | number | null) => unknown>> = {
  human(json) {
    const nanoseconds = BigInt(json ?? 0)
    return {
      human: humanDuration(nanoseconds),
      short: shortHumanDuration(nanoseconds),
      go: formatDuration(nanoseconds),
    }
  },
  duration(json) {
    const nanoseconds = parseDuration(json === null ? '' : text(json))
    return { json: formatDuration(nanoseconds), nanoseconds: String(nanoseconds) }
  },
  time(json) {
    const time = json === null ? zeroTime : parseTime(text(json))
    if (isZeroTime(time)) return { json: null, isZero: true }
    return { json: formatTime(time), isZero: false, unix: String(time.seconds), utc: formatTimeNano(time) }
  },
  microtime(json) {
    const time = json === null ? zeroTime : parseMicroTime(text(json))
    if (isZeroTime(time)) return { json: null, isZero: true }
    const micros = BigInt(time.seconds) * 1_000_000n + BigInt(Math.floor(time.nanoseconds / 1000))
    return { json: formatMicroTime(time), isZero: false, unixMicro: String(micros) }
  },
}

const largest = 2n ** 63n - 1n

/** A Go int from a double: the double next to its end stands for the end. */
const int64 = (value: number): number | bigint =>
  Math.abs(value) < 2 ** 63 ? value : value > 0 ? largest : -largest - 1n

/** int-or-string and times. */
export const valueFunctions: Readonly<Record<string, OracleFunction>> = {
  'intstr.scaled': define<{ readonly value: unknown; readonly total: number; readonly roundUp?: boolean }>(
    ({ value, total, roundUp = false }) => {
      const decoded = decodeIntOrString(value)
      return {
        type: typeof decoded === 'number' ? 'int' : 'string',
        string: String(decoded),
        intValue: int64(intValue(decoded)),
        ...(typeof decoded === 'string' ? { parsed: parseIntOrString(decoded) } : {}),
        json: decoded,
        ...either('scaled', 'scaledError', () => scaledValue(decoded, total, roundUp)),
        ...either('legacy', 'legacyError', () => legacyScaledValue(decoded, total, roundUp)),
      }
    },
  ),
  'time.format': define<TimeInput>(({ kind, json }) => {
    const format = Object.hasOwn(times, kind) ? times[kind] : undefined
    if (format === undefined) throw new Error(`oracle: unknown kind ${kind}`)
    return format(json)
  }),
}
