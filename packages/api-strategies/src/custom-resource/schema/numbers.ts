import { type Failure, limitFailure } from './failures.ts'
import type { Limits } from './node.ts'

/** In what a number breaks its limits. Whole numbers are compared with limits cut to whole ones, as upstream does. */
export function numberFailures(limits: Limits, value: number, path: string): readonly Failure[] {
  const { multipleOf, maximum, minimum, exclusiveMaximum, exclusiveMinimum } = limits
  const whole = Number.isInteger(value)
  const own = (limit: number) => (whole ? Math.trunc(limit) : limit)
  const result: Failure[] = []
  if (multipleOf !== undefined) result.push(...multipleFailures(own(multipleOf), value, path))
  if (minimum !== undefined && (exclusiveMinimum ? value <= own(minimum) : value < own(minimum))) {
    const said = exclusiveMinimum ? 'should be greater than' : 'should be greater than or equal to'
    result.push(limitFailure(path, value, `${said} ${goFloat(own(minimum))}`))
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= own(maximum) : value > own(maximum))) {
    const said = exclusiveMaximum ? 'should be less than' : 'should be less than or equal to'
    result.push(limitFailure(path, value, `${said} ${goFloat(own(maximum))}`))
  }
  return result
}

function multipleFailures(factor: number, value: number, path: string): readonly Failure[] {
  if (factor <= 0) {
    const message = `factor MultipleOf declared for ${path} must be positive: ${goFloat(factor)}`
    const { at } = limitFailure(path, factor, '')
    return [{ message, at: (base) => ({ ...at(base), detail: message }) }]
  }
  const times = factor < 1 ? (1 / factor) * value : value / factor
  const fits = Number.isInteger(value) ? value % factor === 0 : isWhole(times)
  return fits ? [] : [limitFailure(path, value, `should be a multiple of ${goFloat(factor)}`)]
}

/** Whether a float is a whole number up to the error of computing it. @see github.com/go-openapi/swag IsFloat64AJSONInteger */
function isWhole(value: number): boolean {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false
  const rounded = Math.trunc(value)
  const difference = Math.abs(value - rounded)
  if (value === rounded) return true
  if (value === 0 || rounded === 0) return difference < 1e-9 * Number.MIN_VALUE
  return difference / (Math.abs(value) + Math.abs(rounded)) < 1e-9
}

/** A number as Go's `%v` prints a float. */
function goFloat(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e21)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e')
    const sign = exponent.startsWith('-') ? '-' : '+'
    return `${digits}e${sign}${exponent.replace(/^[+-]/, '').padStart(2, '0')}`
  }
  return String(value)
}
