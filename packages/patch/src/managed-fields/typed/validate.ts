import { fieldElement, formatElement, type PathElement } from '../fields/path-element.ts'
import { fieldType, type ListType, type MapType, type ScalarType, type ValueType } from '../schema/atom.ts'
import { expectedText, TypedError, type TypedProblem } from './errors.ts'
import { goStruct, goTypeName } from './go-values.ts'
import { listElement } from './list-element.ts'
import { formOf } from './typed-value.ts'

/**
 * Checks that a value fits its type.
 *
 * @param allowDuplicates whether lists may hold several items with the same keys
 * @throws TypedError
 */
export function checkTyped(type: ValueType, value: unknown, allowDuplicates: boolean): void {
  const problems = validate(type, value, '', allowDuplicates)
  if (problems.length > 0) throw new TypedError(problems)
}

function validate(type: ValueType, value: unknown, path: string, duplicates: boolean): readonly TypedProblem[] {
  const form = formOf(type, value)
  switch (form.kind) {
    case 'map':
      return validateMap(form.map, value, path, duplicates)
    case 'list':
      return validateList(form.list, value, path, duplicates)
    default: {
      const message = scalarProblem(form.scalar, value)
      return message === undefined ? [] : [{ path, message }]
    }
  }
}

/** What is wrong with a single value, if anything is. */
function scalarProblem(scalar: ScalarType, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined
  switch (scalar) {
    case 'numeric':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goTypeName(value)}`
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got ${goStruct(value, true)}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : expectedText('boolean', value)
    default:
      return typeof value === 'object' ? expectedText('any scalar', value) : undefined
  }
}

function validateMap(map: MapType, value: unknown, path: string, duplicates: boolean): readonly TypedProblem[] {
  if (value === null || value === undefined) return []
  if (typeof value !== 'object' || Array.isArray(value)) return [{ path, message: expectedText('map', value) }]
  const problems: TypedProblem[] = []
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue
    const below = path + formatElement(fieldElement(key))
    const type = fieldType(map, key)
    if (type === undefined) return [...problems, { path: below, message: 'field not declared in schema' }]
    problems.push(...validate(type(), entry, below, duplicates))
  }
  return problems
}

function validateList(list: ListType, value: unknown, path: string, duplicates: boolean): readonly TypedProblem[] {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) return [{ path, message: expectedText('list', value) }]
  const problems: TypedProblem[] = []
  const seen = new Set<PathElement>()
  for (const [index, item] of value.entries()) {
    let element = `i:${index}`
    if (!list.atomic) {
      try {
        element = listElement(list, item)
      } catch (error) {
        return [...problems, { path, message: `element ${index}: ${messageOf(error)}` }]
      }
      if (seen.has(element) && !duplicates)
        problems.push({ path, message: `duplicate entries for key ${formatElement(element)}` })
      seen.add(element)
    }
    problems.push(...validate(list.items(), item, path + formatElement(element), duplicates))
  }
  return problems
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
