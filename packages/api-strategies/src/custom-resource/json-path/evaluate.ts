import { isFields } from '../../meta/json.ts'
import type { Operand, Step } from './parse.ts'

/** A path that leads nowhere it may lead: upstream refuses it instead of finding nothing. */
export class JsonPathLookupError extends Error {
  constructor(problem: string) {
    super(problem)
    this.name = 'JsonPathLookupError'
  }
}

/**
 * Every value that a JSONPath finds. Missing fields find nothing.
 *
 * @throws JsonPathLookupError for an index out of bounds, or a step that the value does not have
 * @see staging/src/k8s.io/client-go/util/jsonpath/jsonpath.go
 */
export function findJsonPath(root: unknown, steps: readonly Step[]): readonly unknown[] {
  return follow([root], steps, root)
}

function follow(values: readonly unknown[], steps: readonly Step[], root: unknown): readonly unknown[] {
  let current = values
  for (const step of steps) current = current.flatMap((value) => one(value, step, root))
  return current
}

function one(value: unknown, step: Step, root: unknown): readonly unknown[] {
  switch (step.step) {
    case 'field':
      return isFields(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : []
    case 'wildcard':
      return childrenOf(value)
    case 'recursive':
      return [value, ...descendants(value)]
    case 'slice':
      return slice(value, step)
    case 'union':
      return step.paths.flatMap((path) => follow([value], path, root))
    default:
      return filter(value, step, root)
  }
}

function childrenOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return isFields(value) ? Object.values(value) : []
}

function descendants(value: unknown): readonly unknown[] {
  const result: unknown[] = []
  const waiting = [...childrenOf(value)]
  while (waiting.length > 0) {
    const next = waiting.shift()
    result.push(next)
    waiting.push(...childrenOf(next))
  }
  return result
}

function slice(value: unknown, { from, to, by, single }: Step & { readonly step: 'slice' }): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new JsonPathLookupError('is not array or slice')
  const size = value.length
  const at = (index: number) => (index < 0 ? index + size : index)
  const start = at(from ?? 0)
  if (single) {
    if (start < 0 || start >= size)
      throw new JsonPathLookupError(`array index out of bounds: index ${from ?? 0}, length ${size}`)
    return [value[start]]
  }
  const end = Math.min(at(to ?? size), size)
  const result: unknown[] = []
  for (let index = Math.max(start, 0); index < end; index += Math.max(by, 1)) result.push(value[index])
  return result
}

function filter(value: unknown, step: Step & { readonly step: 'filter' }, root: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return []
  return value.filter((item) => holds(item, step, root))
}

function holds(item: unknown, { left, operator, right }: Step & { readonly step: 'filter' }, root: unknown): boolean {
  const found = operandValues(left, item, root)
  if (operator === 'exists') return found.length > 0
  const [actual] = found
  const [wanted] = operandValues(right, item, root)
  if (found.length === 0 || wanted === undefined) return false
  switch (operator) {
    case '==':
      return actual === wanted
    case '!=':
      return actual !== wanted
    default:
      return isOrdered(actual, wanted, operator)
  }
}

function isOrdered(left: unknown, right: unknown, operator: string): boolean {
  const comparable =
    (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string')
  if (!comparable) return false
  if (left === right) return operator.endsWith('=')
  return left < right === operator.startsWith('<')
}

function operandValues(operand: Operand, item: unknown, root: unknown): readonly unknown[] {
  if ('value' in operand) return [operand.value]
  return follow([operand.from === 'item' ? item : root], operand.steps, root)
}
