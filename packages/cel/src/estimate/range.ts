/** The smallest and the largest that a size or a cost may be; both are unsigned 64-bit and stick to the maximum. */
export interface Range {
  readonly min: bigint
  readonly max: bigint
}

/** The largest unsigned 64-bit number: no limit is known. */
export const maxUint64: bigint = (1n << 64n) - 1n

/** Nothing is known. */
export const unknownRange: Range = { min: 0n, max: maxUint64 }

const cap = (value: bigint): bigint => (value > maxUint64 ? maxUint64 : value)

export const fixed = (value: bigint | number): Range => {
  const wrapped = BigInt.asUintN(64, BigInt(value))
  return { min: wrapped, max: wrapped }
}

export const addRanges = (a: Range, b: Range): Range => ({ min: cap(a.min + b.min), max: cap(a.max + b.max) })

export const multiplyRanges = (a: Range, b: Range): Range => ({ min: cap(a.min * b.min), max: cap(a.max * b.max) })

/** The smaller of two. */
export function least(a: bigint, b: bigint): bigint {
  if (a < b) return a
  return b
}

export const unionRanges = (a: Range, b: Range): Range => ({
  min: least(a.min, b.min),
  max: -least(-a.max, -b.max),
})

const twoTo64 = 2 ** 64

function scaleOne(value: bigint, factor: number): bigint {
  const product = Math.ceil(Number(value) * factor)
  return product >= twoTo64 ? maxUint64 : BigInt(product)
}

/** Times a factor, rounded up. */
export const scaleRange = (range: Range, factor: number): Range => ({
  min: scaleOne(range.min, factor),
  max: scaleOne(range.max, factor),
})
