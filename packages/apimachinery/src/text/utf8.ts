/**
 * Counts the bytes of a string in UTF-8, as Go's `len` does. A lone surrogate counts as U+FFFD (three bytes).
 *
 * @param s any string
 */
export function utf8Length(s: string): number {
  let bytes = s.length
  for (let i = 0; i < s.length; i++) {
    const unit = s.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) bytes += 1
    else {
      bytes += 2
      if (isLeadOfPair(s, i)) i += 1
    }
  }
  return bytes
}

/**
 * Orders strings by their UTF-8 bytes, as Go and etcd do: `<` of JavaScript differs above U+FFFF.
 *
 * @returns a negative number, 0 or a positive number, for `Array.prototype.sort`
 */
export function compareUtf8(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above all others, so they are lifted over U+E000..U+FFFF. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

function isLeadOfPair(s: string, i: number): boolean {
  const unit = s.charCodeAt(i)
  if (unit < 0xd800 || unit > 0xdbff) return false
  const next = s.charCodeAt(i + 1)
  return next >= 0xdc00 && next <= 0xdfff
}
