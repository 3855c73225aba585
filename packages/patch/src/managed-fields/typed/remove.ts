import type { JsonValue } from '@kube-bonsai/apimachinery'
import { type FieldSet, fieldsBelow, hasChildren, isEmptyFieldSet, isMember } from '../fields/field-set.ts'
import { fieldElement, type PathElement } from '../fields/path-element.ts'
import { fieldType, type ListType, type MapType, type ValueType } from '../schema/atom.ts'
import { listElement } from './list-element.ts'
import { fieldsOf, formOf, isHollow, itemsOf } from './typed-value.ts'

/** A value without the fields and items of a set. Lists and objects that lose all they have become null. */
export function removeFields(type: ValueType, value: JsonValue, set: FieldSet): JsonValue {
  return walk(type, value, set, false)
}

/** Only the fields and items of a set. */
export function extractFields(type: ValueType, value: JsonValue, set: FieldSet): JsonValue {
  return walk(type, value, set, true)
}

function walk(type: ValueType, value: JsonValue, set: FieldSet, extract: boolean): JsonValue {
  const form = formOf(type, value)
  if (form.kind === 'scalar') return value
  if (isHollow(value)) return null
  if ((form.kind === 'list' ? form.list : form.map).atomic) return extract ? value : null
  return form.kind === 'list' ? walkList(form.list, value, set, extract) : walkMap(form.map, value, set, extract)
}

function walkList(list: ListType, value: JsonValue, set: FieldSet, extract: boolean): JsonValue {
  const kept: JsonValue[] = []
  for (const item of itemsOf(value)) {
    const element = elementOf(list, item)
    const child = set[element]
    if (isMember(child)) {
      if (!extract) continue
      if (!hasChildren(child)) kept.push(item)
    }
    if (hasChildren(child)) kept.push(walk(list.items(), item, fieldsBelow(set, element), extract))
    else if (!extract) kept.push(item)
  }
  return kept.length === 0 ? null : kept
}

function walkMap(map: MapType, value: JsonValue, set: FieldSet, extract: boolean): JsonValue {
  if (isEmptyFieldSet(set) && !extract) return value
  const kept: [string, JsonValue][] = []
  for (const [key, entry] of Object.entries(fieldsOf(value))) {
    const type = fieldType(map, key)
    if (entry === undefined || type === undefined) continue
    const child = set[fieldElement(key)]
    if (isMember(child)) {
      if (!extract) continue
      if (!hasChildren(child)) kept.push([key, entry])
    }
    if (hasChildren(child) && child !== undefined) kept.push([key, walk(type(), entry, child, extract)])
    else if (!extract) kept.push([key, entry])
  }
  return kept.length === 0 ? null : Object.fromEntries(kept)
}

/** Items that cannot be told apart were refused before; here they count as nobody's. */
function elementOf(list: ListType, item: JsonValue): PathElement {
  try {
    return listElement(list, item)
  } catch {
    return ''
  }
}
