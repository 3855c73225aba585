/**
 * Compares plain JSON by value: objects without regard to the order of their keys, a key that is `undefined` as
 * absent. Equal references end the comparison at once.
 */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true
  const left: unknown[] = [a]
  const right: unknown[] = [b]
  while (left.length > 0) {
    const x = left.pop()
    const y = right.pop()
    if (x === y || Object.is(x, y)) continue
    if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false
    if (Array.isArray(x) !== Array.isArray(y)) return false
    if (!(Array.isArray(x) && Array.isArray(y) ? pushItems(x, y, left, right) : pushFields(x, y, left, right))) {
      return false
    }
  }
  return true
}

function pushItems(x: readonly unknown[], y: readonly unknown[], left: unknown[], right: unknown[]): boolean {
  if (x.length !== y.length) return false
  for (let i = 0; i < x.length; i++) {
    left.push(x[i])
    right.push(y[i])
  }
  return true
}

function pushFields(x: object, y: object, left: unknown[], right: unknown[]): boolean {
  let count = 0
  for (const [key, value] of Object.entries(x)) {
    if (value === undefined) continue
    count += 1
    if (!Object.hasOwn(y, key)) return false
    left.push(value)
    right.push(Reflect.get(y, key))
  }
  for (const value of Object.values(y)) if (value !== undefined) count -= 1
  return count === 0
}
