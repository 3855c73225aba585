import { equal, noSuchOverload } from '../values/traits.ts'
import { CelError, CelOptional } from '../values/value.ts'
import { equalityCost } from './call-cost.ts'
import type { Step } from './frame.ts'

/** `&&` and `||`: `decisive` ends it, also when the other side failed. */
export function logic(a: Step, b: Step, decisive: boolean): Step {
  return (frame) => {
    const left = a(frame)
    if (left === decisive) return decisive
    const right = b(frame)
    if (right === decisive) return decisive
    if (typeof left !== 'boolean') return left instanceof CelError ? left : noSuchOverload()
    if (typeof right !== 'boolean') return right instanceof CelError ? right : noSuchOverload()
    return !decisive
  }
}

/** `==` and `!=`. */
export function equality(a: Step, b: Step, wanted: boolean): Step {
  return (frame) => {
    const left = a(frame)
    const right = b(frame)
    const result = left instanceof CelError ? left : right instanceof CelError ? right : equal(left, right) === wanted
    frame.charge(equalityCost(left, right))
    return result
  }
}

/** `or` and `orValue` of optionals. */
export function fallback(a: Step, b: Step, unwrap: boolean): Step {
  return (frame) => {
    const left = a(frame)
    if (!(left instanceof CelOptional)) return left
    if (left.value === undefined) return b(frame)
    return unwrap ? left.value : left
  }
}
