import { deepEqual } from '@kube-bonsai/apimachinery'
import { type FieldSet, type FieldSetBuilder, insertPath } from '../fields/field-set.ts'
import { fieldElement, type PathElement } from '../fields/path-element.ts'
import { fieldType, type ListType, type MapType, type ValueType } from '../schema/atom.ts'
import { TypedError } from './errors.ts'
import { listElement } from './list-element.ts'
import { type Form, fieldsOf, formOf, isHollow, itemsOf } from './typed-value.ts'

/** How one value differs from another; no field is in two of the sets. */
export interface Comparison {
  readonly removed: FieldSet
  readonly modified: FieldSet
  readonly added: FieldSet
}

/**
 * Compares two values of a type; parts that are the same by reference are not looked at.
 *
 * @throws TypedError for a list whose items cannot be told apart
 */
export function compareTyped(type: ValueType, before: unknown, after: unknown): Comparison {
  const walk = new Walk()
  walk.compare(type, before, after)
  return walk
}

class Walk implements Comparison {
  readonly removed: FieldSetBuilder = {}
  readonly modified: FieldSetBuilder = {}
  readonly added: FieldSetBuilder = {}
  readonly #path: PathElement[] = []

  compare(type: ValueType, before: unknown, after: unknown): void {
    if (before === after) return
    const left = formOf(type, before)
    const right = formOf(type, after)
    const changedForm = before !== undefined && after !== undefined && left.kind !== right.kind
    if (changedForm) this.#as(left, before, after)
    const leaf = this.#as(after === undefined ? left : right, before, after)
    if (leaf) return
    if (before === undefined) insertPath(this.added, this.#path)
    else if (after === undefined) insertPath(this.removed, this.#path)
  }

  /** Compares by one form. Returns whether the values are owned as a whole. */
  #as(form: Form, before: unknown, after: unknown): boolean {
    if (form.kind === 'scalar') return this.#leaf(before, after)
    const type = form.kind === 'list' ? form.list : form.map
    const usable = form.kind === 'list' ? Array.isArray : isObject
    const x = usable(before) ? before : undefined
    const y = usable(after) ? after : undefined
    if (type.atomic || (isHollow(x) && isHollow(y))) return this.#leaf(before, after)
    if (form.kind === 'list') this.#items(form.list, itemsOf(x), itemsOf(y))
    else this.#fields(form.map, x, y)
    return false
  }

  #leaf(before: unknown, after: unknown): true {
    if (before === undefined) insertPath(this.added, this.#path)
    else if (after === undefined) insertPath(this.removed, this.#path)
    else if (!deepEqual(before, after)) insertPath(this.modified, this.#path)
    return true
  }

  #fields(map: MapType, x: unknown, y: unknown): void {
    const before = fieldsOf(x)
    const after = fieldsOf(y)
    for (const key of Object.keys(before)) {
      const other = Object.hasOwn(after, key) ? after[key] : undefined
      if (before[key] !== undefined && before[key] !== other)
        this.#at(fieldElement(key), fieldType(map, key), before[key], other)
    }
    for (const key of Object.keys(after)) {
      if (Object.hasOwn(before, key) && before[key] !== undefined) continue
      this.#at(fieldElement(key), fieldType(map, key), undefined, after[key])
    }
  }

  #at(element: PathElement, type: (() => ValueType) | undefined, before: unknown, after: unknown): void {
    // What the type does not know is nobody's.
    if (type === undefined) return
    this.#path.push(element)
    this.compare(type(), before, after)
    this.#path.pop()
  }

  #items(list: ListType, before: readonly unknown[], after: readonly unknown[]): void {
    const left = grouped(list, before)
    const right = grouped(list, after)
    for (const [element, olds] of left) this.#item(list, element, olds, right.get(element) ?? [])
    for (const [element, news] of right) if (!left.has(element)) this.#item(list, element, [], news)
  }

  /** Items that share their keys are compared as one value, and have nothing below them. */
  #item(list: ListType, element: PathElement, olds: readonly unknown[], news: readonly unknown[]): void {
    const path = [...this.#path, element]
    if (olds.length <= 1 && news.length <= 1) this.#at(element, list.items, olds[0], news[0])
    else if (olds.length > 1 && news.length > 1) {
      if (!deepEqual(olds, news)) insertPath(this.modified, path)
    } else if (olds.length > 1) {
      if (news.length > 0) this.#at(element, list.items, undefined, news[0])
      insertPath(this.removed, path)
    } else {
      if (olds.length > 0) this.#at(element, list.items, olds[0], undefined)
      insertPath(this.added, path)
    }
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function grouped(list: ListType, items: readonly unknown[]): ReadonlyMap<PathElement, unknown[]> {
  const groups = new Map<PathElement, unknown[]>()
  for (const [index, item] of items.entries()) {
    let element: PathElement
    try {
      element = listElement(list, item)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new TypedError([{ path: '', message: `element ${index}: ${why}` }])
    }
    const group = groups.get(element)
    if (group === undefined) groups.set(element, [item])
    else group.push(item)
  }
  return groups
}
