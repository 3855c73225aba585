const letter = /\p{L}/u
const digit = /\p{Nd}/u

/** Orders keys as `kubectl -o yaml` does: letters after everything else, runs of digits by their number. */
export function compareKeys(a: string, b: string): number {
  const x = [...a]
  const y = [...b]
  const shared = Math.min(x.length, y.length)
  let i = 0
  while (i < shared && x[i] === y[i]) i++
  const p = x[i]
  const q = y[i]
  if (p === undefined || q === undefined) return x.length - y.length
  const isLetter = letter.test(p)
  if (isLetter !== letter.test(q)) return isLetter ? 1 : -1
  if (isLetter) return order(p, q)
  const carry = (p === '0' || q === '0') && followsNonZeroDigit(x, i) ? 1n : 0n
  const left = digitRun(x, i, carry)
  const right = digitRun(y, i, carry)
  if (left.number !== right.number) return left.number < right.number ? -1 : 1
  return left.end - right.end || order(p, q)
}

function order(a: string, b: string): number {
  return (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0)
}

// A zero inside a number counts as a digit of it: `10` and `1a` differ in the number.
function followsNonZeroDigit(text: readonly string[], index: number): boolean {
  for (let i = index - 1; i >= 0 && digit.test(text[i] ?? ''); i--) if (text[i] !== '0') return true
  return false
}

function digitRun(text: readonly string[], start: number, carry: bigint): { number: bigint; end: number } {
  let number = carry
  let end = start
  for (; digit.test(text[end] ?? ''); end++) {
    // Go adds up in 64 bits and wraps around.
    number = BigInt.asIntN(64, number * 10n + BigInt((text[end]?.codePointAt(0) ?? 0) - 0x30))
  }
  return { number, end }
}
