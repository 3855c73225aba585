import {
  compareUtf8,
  duplicate,
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  invalid,
  notSupported,
  required,
  semanticEqual,
  tooLong,
  tooMany,
  utf8Length,
  withOrigin,
} from '@kube-bonsai/apimachinery'
import { named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf, textOf } from '../../meta/json.ts'
import { type Format, formatErrors } from './formats.ts'
import { type FieldRule, typeRules } from './types.ts'

/**
 * Checks an object against the declarative rules of its type; on updates only what changed.
 *
 * @param old the stored object, for an update
 */
export function declarativeErrors(type: string, object: Fields, old?: Fields): readonly FieldError[] {
  return typeErrors(type, object, old, undefined, old !== undefined)
}

function typeErrors(
  type: string,
  object: Fields,
  old: Fields | undefined,
  path: FieldPath | undefined,
  update: boolean,
): readonly FieldError[] {
  const rules = typeRules[type]
  if (rules === undefined) return []
  const errors = rules.oneOf === undefined || path === undefined ? [] : unionErrors(rules.oneOf, object, old, path)
  return [
    ...errors,
    ...Object.entries(rules.fields).flatMap(([name, rule]) => {
      const at = path === undefined ? FieldPath.of(name) : path.child(name)
      const [value, before] = [object[name], old?.[name]]
      if (old !== undefined && semanticEqual(value ?? null, before ?? null)) return []
      return fieldErrors(rule, value, before, at, update)
    }),
  ]
}

function fieldErrors(
  rule: FieldRule,
  value: unknown,
  old: unknown,
  path: FieldPath,
  update: boolean,
): readonly FieldError[] {
  const frozen = update && (rule.keeps === 'always' || (rule.keeps === 'once-set' && isFields(value) && isFields(old)))
  if (frozen) {
    const origin = rule.keeps === 'always' ? 'immutable' : 'update'
    const why = rule.keeps === 'always' ? fieldImmutableMessage : 'field cannot be modified once set'
    return [{ ...invalid(path, null, why), origin }]
  }
  if (Array.isArray(value)) return listErrors(rule, value, old, path, update)
  if (isFields(value)) {
    if (rule.of === undefined) return []
    if (rule.of !== 'DeviceAttribute') return typeErrors(rule.of, value, isFields(old) ? old : undefined, path, update)
    return mapErrors(rule.of, value, fieldsOf(old), path, update)
  }
  return textErrors(rule, value, path)
}

/** Formats of fields that are pointers in Go: an empty text there is not absent. */
const pointers: ReadonlySet<Format | undefined> = new Set([
  'extended-resource-name',
  'uuid',
  'resource-fully-qualified-name',
])

function textErrors(rule: FieldRule, value: unknown, path: FieldPath): readonly FieldError[] {
  const text = textOf(value)
  if (rule.required === true && text === '') return [required(path)]
  if (rule.always !== true && (isAbsent(value) || (text === '' && !pointers.has(rule.format)))) return []
  if (rule.maxLength !== undefined && utf8Length(text) > rule.maxLength)
    return withOrigin([tooLong(path, rule.maxLength)], 'maxLength')
  if (rule.format !== undefined) return formatErrors(rule.format, text, path)
  if (rule.values === undefined || rule.values.includes(text)) return []
  return [notSupported(path, named(text), rule.values)]
}

const keyOf = (item: unknown, names: readonly string[]): string =>
  names.length === 0 ? textOf(item) : JSON.stringify(names.map((name) => textOf(fieldsOf(item)[name])))

function listErrors(
  { maxItems, unique, of, matches }: FieldRule,
  list: readonly unknown[],
  old: unknown,
  path: FieldPath,
  update: boolean,
): readonly FieldError[] {
  if (maxItems !== undefined && list.length > maxItems)
    return withOrigin([tooMany(path, list.length, maxItems)], 'maxItems')
  const seen = new Set<string>()
  const repeated = (unique === undefined ? [] : list).flatMap((item, index) => {
    const key = keyOf(item, unique ?? [])
    if (seen.has(key)) return [duplicate(path.index(index), item)]
    seen.add(key)
    return []
  })
  if (of === undefined) return repeated
  const before = new Map(matches === undefined ? [] : objectsOf(old).map((item) => [keyOf(item, matches), item]))
  const below = list.flatMap((item, index) => {
    const stored = matches === undefined ? undefined : before.get(keyOf(item, matches))
    if (stored !== undefined && semanticEqual(item, stored)) return []
    return typeErrors(of, fieldsOf(item), stored, path.index(index), update)
  })
  return [...repeated, ...below]
}

function mapErrors(type: string, map: Fields, old: Fields, path: FieldPath, update: boolean): readonly FieldError[] {
  return Object.keys(map)
    .sort(compareUtf8)
    .flatMap((key) => {
      const before = old[key]
      if (before !== undefined && semanticEqual(map[key], before)) return []
      return typeErrors(type, fieldsOf(map[key]), isFields(before) ? before : undefined, path.key(key), update)
    })
}

function unionErrors(
  names: readonly string[],
  object: Fields,
  old: Fields | undefined,
  path: FieldPath,
): readonly FieldError[] {
  const setIn = (fields: Fields): readonly string[] => names.filter((name) => !isAbsent(fields[name]))
  const set = setIn(object)
  if (old !== undefined && setIn(old).join() === set.join()) return []
  const all = names.map((name) => `\`${name}\``).join(', ')
  if (isEmpty(set)) return [invalid(path, '', `must specify one of: ${all}`)]
  if (set.length === 1) return []
  return [invalid(path, `{${set.join(', ')}}`, `must specify exactly one of: ${all}`)]
}
