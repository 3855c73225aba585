import type { TSchema } from 'typebox'
import type { TLocalizedValidationError } from 'typebox/error'
import { Compile } from 'typebox/schema'

/** The first thing that a schema does not allow. */
export interface SchemaProblem {
  /** Such as `nodes[2].cpu`. */
  readonly field: string
  readonly expected: string
}

/** What is wrong with a value by a schema whose parts say in `expected` what they hold; undefined where nothing is. */
export function schemaProblem(schema: TSchema, value: unknown): SchemaProblem | undefined {
  const [, errors] = Compile(schema).Errors(value)
  // A part that is not allowed at all is told of twice: by itself, and by what it is in, which names those that are.
  const error = errors.find(({ keyword }) => keyword !== 'boolean')
  return error && explain(schema, value, error)
}

function explain(schema: TSchema, value: unknown, error: TLocalizedValidationError): SchemaProblem {
  const field = fieldOf(value, error.instancePath)
  const below = (name: string) => (field === '' ? name : `${field}.${name}`)
  const part = partsOf(schema, error.schemaPath)
  const expected = part.map((one) => one['expected']).findLast((one) => typeof one === 'string') ?? error.message
  if (error.keyword === 'required') {
    const [name = ''] = error.params.requiredProperties
    return { field: below(name), expected: 'is missing' }
  }
  if (error.keyword === 'additionalProperties') {
    const [name = ''] = error.params.additionalProperties
    const known = Object.keys((part.at(-1)?.['properties'] ?? {}) as object)
    return { field: below(name), expected: `unknown field; known are ${known.join(', ')}` }
  }
  return { field, expected: String(expected) }
}

/** The schemas from the whole to the part, by a JSON pointer. */
function partsOf(schema: TSchema, pointer: string): readonly Readonly<Record<string, unknown>>[] {
  const parts = [schema as Readonly<Record<string, unknown>>]
  for (const step of stepsOf(pointer)) {
    const next: unknown = parts.at(-1)?.[step]
    if (typeof next !== 'object' || next === null) break
    parts.push(next as Readonly<Record<string, unknown>>)
  }
  return parts
}

function fieldOf(value: unknown, pointer: string): string {
  let field = ''
  let at = value
  for (const step of stepsOf(pointer)) {
    if (Array.isArray(at)) field += `[${step}]`
    else field += field === '' ? step : `.${step}`
    at =
      typeof at === 'object' && at !== null && Object.hasOwn(at, step)
        ? (at as Record<string, unknown>)[step]
        : undefined
  }
  return field
}

const stepsOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
