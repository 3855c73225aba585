/** One place where two JSON values are not the same. `undefined` stands for an absent value. */
export interface Difference {
  /** As in `spec.containers[0].image`; empty for the whole value. */
  readonly path: string
  readonly expected: unknown
  readonly actual: unknown
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Where two JSON values differ; the order of keys does not count, and a key whose value is undefined counts as absent.
 * Integers may be numbers or bigints. Ends at the first `limit` differences.
 */
export function differences(expected: unknown, actual: unknown, limit: number = 8): readonly Difference[] {
  const found: Difference[] = []
  collect(expected, actual, '', found, limit)
  return found
}

function collect(expected: unknown, actual: unknown, path: string, found: Difference[], limit: number): void {
  if (found.length >= limit || sameScalar(expected, actual)) return
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length)
    for (let index = 0; index < length; index += 1) {
      collect(expected[index], actual[index], `${path}[${index}]`, found, limit)
    }
    return
  }
  if (isObject(expected) && isObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      collect(own(expected, key), own(actual, key), join(path, key), found, limit)
    }
    return
  }
  found.push({ path, expected, actual })
}

const own = (object: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined

function join(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

function sameScalar(left: unknown, right: unknown): boolean {
  if (left === right) return true
  const numeric = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint'
  // Loose equality of a number and a bigint is mathematical equality, which is what is meant.
  // biome-ignore lint/suspicious/noDoubleEquals: see above
  return numeric(left) && numeric(right) && left == right
}
