import { type FieldSet, type FieldSetBuilder, insertPath } from '../fields/field-set.ts'
import { fieldElement, type PathElement } from '../fields/path-element.ts'
import { fieldType, type ListType, type MapType, type ValueType } from '../schema/atom.ts'
import { listElement } from './list-element.ts'
import { fieldsOf, formOf, isHollow, itemsOf } from './typed-value.ts'

/** Every field and item that a value names, as its applier owns them. The value has to fit its type. */
export function fieldSetOfValue(type: ValueType, value: unknown): FieldSet {
  const set: FieldSetBuilder = {}
  visit(type, value, [], set)
  return set
}

function visit(type: ValueType, value: unknown, path: PathElement[], set: FieldSetBuilder): void {
  const form = formOf(type, value)
  if (form.kind === 'scalar' || (form.kind === 'list' ? form.list : form.map).atomic) insertPath(set, path)
  else if (form.kind === 'list') visitItems(form.list, itemsOf(value), path, set)
  else visitFields(form.map, value, path, set)
}

function visitFields(map: MapType, value: unknown, path: PathElement[], set: FieldSetBuilder): void {
  for (const [key, entry] of Object.entries(fieldsOf(value))) {
    const type = fieldType(map, key)
    if (entry === undefined || type === undefined) continue
    path.push(fieldElement(key))
    visit(type(), entry, path, set)
    // Listed fields are owned through what is in them, unless nothing is.
    if (
      !map.fields.has(key) ||
      entry === null ||
      (!Array.isArray(entry) && typeof entry === 'object' && isHollow(entry))
    )
      insertPath(set, path)
    path.pop()
  }
}

function visitItems(list: ListType, items: readonly unknown[], path: PathElement[], set: FieldSetBuilder): void {
  const elements = items.map((item) => listElement(list, item))
  const seen = new Set<PathElement>()
  const repeated = new Set<PathElement>()
  for (const element of elements) (seen.has(element) ? repeated : seen).add(element)
  for (const [index, element] of elements.entries()) {
    path.push(element)
    if (!repeated.has(element)) visit(list.items(), items[index], path, set)
    insertPath(set, path)
    path.pop()
  }
}
