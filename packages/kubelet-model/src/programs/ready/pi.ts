/** The first digits of pi with their point, the last one rounded, by Machin's formula. */
export function piDigits(digits: number): string {
  const guard = 10n
  const one = 10n ** (BigInt(digits) - 1n + guard)
  const pi = 4n * (4n * arctanOfInverse(5n, one) - arctanOfInverse(239n, one))
  const unit = 10n ** guard
  const text = String((pi + unit / 2n) / unit)
  return digits === 1 ? text : `${text[0]}.${text.slice(1)}`
}

function arctanOfInverse(x: bigint, one: bigint): bigint {
  let power = one / x
  let sum = power
  for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
    power /= x * x
    sum += (sign * power) / n
  }
  return sum
}
