/** Four 32-bit words. */
export type State = readonly [number, number, number, number]

/** Any four words do; these are the fractional bits of the roots of 2, 3, 5 and 7. */
export const initialState: State = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a]

const mix = (word: number): number => {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/**
 * Spreads a text over 128 bits on top of `state`. Not cryptographic; wide enough that a million labels do not meet,
 * as they would in 32 bits.
 */
export function hashText(text: string, state: State): State {
  let [a, b, c, d] = state
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    a = b ^ Math.imul(a ^ unit, 0x239b961b)
    b = c ^ Math.imul(b ^ unit, 0xab0e9789)
    c = d ^ Math.imul(c ^ unit, 0x38b34ae5)
    d = a ^ Math.imul(d ^ unit, 0xa1e38b93)
  }
  a ^= text.length
  // Every word must depend on every other one before the next text is hashed on top.
  a = mix(a + b + c + d)
  b = mix(b + a)
  c = mix(c + b)
  d = mix(d + c)
  a = mix(a + d)
  // A generator whose state is all zeros would stay there.
  return (a | b | c | d) === 0 ? initialState : [a, b, c, d]
}
