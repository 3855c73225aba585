import { compareQuantities, tryParseQuantity } from '@kube-bonsai/quantity'
import { deepEqual } from './deep-equal.ts'
import { builtInSemanticRules, type SemanticRules } from './semantic-rules.ts'

/**
 * Compares API objects by what they mean, as upstream's `apiequality.Semantic`: quantities by their value, no list
 * as an empty one, no map as an empty one. An empty object that is no map (`emptyDir: {}`) differs from none.
 *
 * @param rules which fields are what; those of the built-in kinds when absent
 * @see staging/src/k8s.io/apimachinery/pkg/api/equality/semantic.go
 */
export function semanticEqual(a: unknown, b: unknown, rules: SemanticRules = builtInSemanticRules): boolean {
  const work: Pair[] = [{ a, b, key: '', parent: '' }]
  for (let pair = work.pop(); pair !== undefined; pair = work.pop()) {
    if (!samePair(pair, rules, work)) return false
  }
  return true
}

interface Pair {
  readonly a: unknown
  readonly b: unknown
  readonly key: string
  readonly parent: string
}

function samePair({ a, b, key, parent }: Pair, rules: SemanticRules, work: Pair[]): boolean {
  if (a === b) return true
  const left = blank(a, key, rules) ? undefined : a
  const right = blank(b, key, rules) ? undefined : b
  if (left === undefined || right === undefined) return left === right
  if (Array.isArray(left) && Array.isArray(right)) {
    left.forEach((item: unknown, i) => {
      work.push({ a: item, b: right[i], key, parent })
    })
    return left.length === right.length
  }
  if (isObject(left) && isObject(right)) {
    for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
      work.push({ a: own(left, name), b: own(right, name), key: name, parent: key })
    }
    return true
  }
  return deepEqual(left, right) || (rules.isQuantity(key, parent) && sameQuantity(left, right))
}

function blank(value: unknown, key: string, rules: SemanticRules): boolean {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && rules.isMap(key) && Object.values(value).every((field) => field === undefined)
}

function sameQuantity(a: unknown, b: unknown): boolean {
  const left = tryParseQuantity(String(a))
  const right = tryParseQuantity(String(b))
  return left.ok && right.ok && compareQuantities(String(a), String(b)) === 0
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function own(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? Reflect.get(object, key) : undefined
}
