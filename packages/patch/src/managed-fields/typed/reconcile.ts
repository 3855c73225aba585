import {
  type FieldSet,
  type FieldSetBuilder,
  hasChildren,
  insertPath,
  isEmptyFieldSet,
  recursiveDifferenceOf,
  unionOf,
} from '../fields/field-set.ts'
import { fieldNameOf, type PathElement } from '../fields/path-element.ts'
import { fieldType, type TypeOfValue, type ValueType } from '../schema/atom.ts'

/** Sets that are known to fit a type; stored sets are shared, so most are looked at once. */
const fitting = new WeakMap<ValueType, WeakSet<FieldSet>>()

/** The set as it is to be where parts of it were owned field by field and are owned as a whole now. */
export function reconcileFieldSet(type: ValueType, set: FieldSet): FieldSet {
  const known = fitting.get(type) ?? new WeakSet()
  fitting.set(type, known)
  if (known.has(set)) return set
  const atomics: FieldSetBuilder = {}
  visit(type, set, [], false, atomics)
  if (!isEmptyFieldSet(atomics)) return unionOf(recursiveDifferenceOf(set, atomics), atomics)
  known.add(set)
  return set
}

/** @param whole whether the set has the value itself and nothing below it */
function visit(
  type: ValueType,
  set: FieldSet | undefined,
  path: readonly PathElement[],
  whole: boolean,
  atomics: FieldSetBuilder,
): void {
  const { map, list, scalar } = type
  if (map !== undefined) {
    if (map.fields.size === 0 && map.others !== undefined && isUntyped(map.others)) return
    if (!whole && map.atomic) {
      if (set !== undefined && !isEmptyFieldSet(set)) insertPath(atomics, path)
      return
    }
    visitBelow((element) => fieldType(map, fieldNameOf(element) ?? ''), set, path, atomics)
  } else if (scalar === undefined && list !== undefined) {
    if (!whole && list.atomic) insertPath(atomics, path)
    else visitBelow(() => list.items, set, path, atomics)
  }
}

function visitBelow(
  typeOf: (element: PathElement) => TypeOfValue | undefined,
  set: FieldSet | undefined,
  path: readonly PathElement[],
  atomics: FieldSetBuilder,
): void {
  for (const [element, child] of Object.entries(set ?? {})) {
    const type = element === '.' ? undefined : typeOf(element)
    if (type !== undefined) visit(type(), child, [...path, element], !hasChildren(child), atomics)
  }
}

function isUntyped(type: TypeOfValue): boolean {
  const { deduced, scalar, list, map } = type()
  return deduced === true || (scalar === 'untyped' && list === undefined && map === undefined)
}
