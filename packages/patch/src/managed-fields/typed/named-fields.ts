import { type FieldSet, hasChildren, isMember } from '../fields/field-set.ts'
import { fieldNameOf, isKeyElement, type PathElement } from '../fields/path-element.ts'
import { fieldType, type ValueType } from '../schema/atom.ts'

/** The same set, in which listed fields that have members below them are members too, as they are not by themselves. */
export function withNamedFields(type: ValueType | undefined, set: FieldSet): FieldSet {
  const result: Record<PathElement, FieldSet> = {}
  for (const element of Object.keys(set)) {
    const child = set[element]
    if (child === undefined || !hasChildren(child)) {
      if (child !== undefined) result[element] = child
      continue
    }
    const name = fieldNameOf(element)
    const below = withNamedFields(typeBelow(type, element, name), child)
    const member = isMember(child) || (name !== undefined && type?.map?.fields.has(name) === true)
    result[element] = member && below['.'] === undefined ? { '.': {}, ...below } : below
  }
  return result
}

function typeBelow(type: ValueType | undefined, element: PathElement, name: string | undefined): ValueType | undefined {
  if (name !== undefined) return type?.map === undefined ? undefined : fieldType(type.map, name)?.()
  return isKeyElement(element) ? type?.list?.items() : undefined
}
