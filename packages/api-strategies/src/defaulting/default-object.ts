import {
  alwaysWritten,
  type FieldSchema,
  type FieldType,
  type TypeName,
  type TypeResolver,
  type TypeSchema,
} from '@kube-bonsai/api-types'
import { type Fields, isAbsent, isEmpty, isFields, mapItems } from '../meta/json.ts'
import type { StrategyContext } from '../strategy.ts'
import { roundResourceList } from './resource-list.ts'
import type { DefaultRules } from './type-defaults.ts'

/** No rules at all: only what Go writes though it was not given is filled in. */
export const noRules: DefaultRules = Object.freeze({})

/** One walk through an object: what every level needs. */
interface Walk {
  readonly types: TypeResolver
  readonly rules: DefaultRules
  readonly context: StrategyContext
}

/**
 * Defaults a value of a type and everything inside it: the rule of each type first, then the fields that Go always
 * writes or that upstream declares a default for, then the types inside.
 *
 * @returns the value itself when nothing was missing; inputs are never changed
 * @see pkg/apis/core/v1/zz_generated.defaults.go
 */
export function defaultType(
  types: TypeResolver,
  rules: DefaultRules,
  type: TypeSchema,
  value: Fields,
  context: StrategyContext,
): Fields {
  return walkType({ types, rules, context }, type, value)
}

function walkType(walk: Walk, type: TypeSchema, value: Fields): Fields {
  const rule = Object.hasOwn(walk.rules, type.name) ? walk.rules[type.name] : undefined
  const ruled = rule === undefined ? value : rule(value, walk.context)
  let result: Record<string, unknown> | undefined
  for (const [name, field] of Object.entries(type.fields)) {
    const before = Object.hasOwn(ruled, name) ? ruled[name] : undefined
    const after = walkField(walk, type, field, before)
    if (after === before) continue
    result ??= { ...ruled }
    result[name] = after
  }
  return withWritten(type.name, result ?? ruled)
}

/** Adds the fields that Go writes though they hold nothing. */
function withWritten(type: TypeName, value: Fields): Fields {
  const written = Object.hasOwn(alwaysWritten, type) ? alwaysWritten[type] : undefined
  if (written === undefined) return value
  let result: Record<string, unknown> | undefined
  for (const [name, zero] of Object.entries(written)) {
    if (value[name] !== undefined && (value[name] !== null || zero === null)) continue
    result ??= { ...value }
    result[name] = zero
  }
  return result ?? value
}

function walkField(walk: Walk, owner: TypeSchema, field: FieldSchema, value: unknown): unknown {
  if (isAbsent(value)) {
    if (field.default === undefined || (field.omitEmpty === true && isEmpty(field.default))) return value
    // A declared default that is no zero value is a rule like any other.
    if (walk.rules === noRules && !isEmpty(field.default)) return value
    return walkValue(walk, owner, field.value, field.default)
  }
  const declared = field.default
  if (value === '' && typeof declared === 'string' && walk.rules !== noRules) return declared
  return walkValue(walk, owner, field.value, value)
}

function walkValue(walk: Walk, owner: TypeSchema, type: FieldType, value: unknown): unknown {
  switch (type.type) {
    case 'ref':
      return walkRef(walk, type.ref, value)
    case 'array': {
      const { items } = type
      if (!Array.isArray(value) || !holdsTypes(items)) return value
      return mapItems(value, (item) => walkValue(walk, owner, items, item))
    }
    case 'map':
      return isFields(value) ? walkMap(walk, owner, type.values, value) : value
    default:
      return value
  }
}

function walkRef(walk: Walk, name: TypeName, value: unknown): unknown {
  const type = walk.types.type(name)
  return type === undefined || !isFields(value) ? value : walkType(walk, type, value)
}

function walkMap(walk: Walk, owner: TypeSchema, values: FieldType, value: Fields): Fields {
  if (values.type === 'string' && values.format === 'quantity') {
    const rounds = walk.rules !== noRules && owner.name.startsWith('io.k8s.api.core.')
    return rounds ? roundResourceList(value) : value
  }
  if (!holdsTypes(values)) return value
  let result: Record<string, unknown> | undefined
  for (const [key, item] of Object.entries(value)) {
    const next = walkValue(walk, owner, values, item)
    if (next === item) continue
    result ??= { ...value }
    result[key] = next
  }
  return result ?? value
}

function holdsTypes(type: FieldType): boolean {
  if (type.type === 'array') return holdsTypes(type.items)
  return type.type === 'ref' || type.type === 'map'
}
