/** Writes a float the way a map key is written: single precision, shortest digits, with an exponent from 1e6 on. */
export function formatFloatKey(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  const single = Math.fround(value)
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf'
  return formatShortest(single, (text) => Math.fround(Number(text)) === single, 9)
}

/** Go's `'g'` format with the fewest digits that give the same double back (an exponent from 1e6 on). */
export function formatFloat64(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  return formatShortest(value, (text) => Number(text) === value, 17)
}

function formatShortest(value: number, same: (text: string) => boolean, most: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  let digits = 1
  while (digits < most && !same(value.toExponential(digits - 1))) digits++
  const [mantissa = '', power = '0'] = value.toExponential(digits - 1).split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 6) return `${mantissa}e${exponent < 0 ? '-' : '+'}${pad(Math.abs(exponent))}`
  return plainNotation(mantissa, exponent)
}

function pad(exponent: number): string {
  return exponent < 10 ? `0${exponent}` : String(exponent)
}

function plainNotation(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace('-', '').replace('.', '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0')
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}
