/** A number, or a percentage such as `25%`. */
export type IntOrString = number | string

/** An int-or-string that is neither a number nor a percentage. */
export class IntOrStringError extends Error {
  readonly value: string

  constructor(value: string, reason: string) {
    super(`invalid value for IntOrString: ${reason}`)
    this.name = 'IntOrStringError'
    this.value = value
  }
}

/**
 * Scales a percentage to `total`; a number stays what it is.
 *
 * @param roundUp rounds up instead of down
 * @throws IntOrStringError for a string that is no percentage
 * @see staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go
 */
export function scaledValue(value: IntOrString, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value
  if (!value.endsWith('%')) throw new IntOrStringError(value, 'invalid type: string is not a percentage')
  const digits = value.slice(0, -1)
  if (!/^[+-]?\d+$/.test(digits)) {
    throw new IntOrStringError(value, `invalid value "${value}": strconv.Atoi: parsing "${digits}": invalid syntax`)
  }
  const scaled = (Number(digits) * total) / 100
  return (roundUp ? Math.ceil(scaled) : Math.floor(scaled)) + 0
}
