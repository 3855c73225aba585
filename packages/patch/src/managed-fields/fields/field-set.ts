import { compareElements, type FieldSetPath, type PathElement } from './path-element.ts'

/**
 * A set of fields, held as v1 of managed fields writes it, so that stored sets are worked with as they are: one key for
 * each element, below it what belongs to it. An empty value, or a key `.` in it, says that the element itself is a member.
 */
export interface FieldSet {
  readonly [element: PathElement]: FieldSet
}

/** A set that is being built. */
export interface FieldSetBuilder {
  [element: PathElement]: FieldSetBuilder
}

/** The set without members. */
export const emptyFieldSet: FieldSet = Object.freeze({})

const leaf: FieldSet = Object.freeze({})
const self = '.'

/** Says whether a set has no members. */
export function isEmptyFieldSet(set: FieldSet): boolean {
  for (const _ in set) return false
  return true
}

/** How many members a set has. */
export function fieldSetSize(set: FieldSet): number {
  let size = 0
  for (const key of Object.keys(set)) {
    if (key === self) continue
    const child = set[key] ?? leaf
    size += (isMember(child) ? 1 : 0) + fieldSetSize(child)
  }
  return size
}

/** Whether the element under which `child` stands is itself a member. */
export function isMember(child: FieldSet | undefined): boolean {
  return child !== undefined && (isEmptyFieldSet(child) || child[self] !== undefined)
}

/** Whether anything below the element under which `child` stands is a member. */
export function hasChildren(child: FieldSet | undefined): boolean {
  if (child === undefined) return false
  for (const key in child) if (key !== self) return true
  return false
}

/** What is a member below an element; the empty set for none. */
export function fieldsBelow(set: FieldSet, element: PathElement): FieldSet {
  return set[element] ?? emptyFieldSet
}

/** Whether a path is a member. */
export function fieldSetHas(set: FieldSet, path: FieldSetPath): boolean {
  let node: FieldSet | undefined = set
  for (const element of path) {
    if (node === undefined) return false
    node = node[element]
  }
  return path.length > 0 && isMember(node)
}

/** Adds a path to a set that is being built; the empty path is nobody's. */
export function insertPath(set: FieldSetBuilder, path: FieldSetPath): void {
  let node = set
  for (let i = 0; i < path.length; i++) {
    const element = path[i] ?? ''
    const known = node[element]
    const last = i === path.length - 1
    if (known === undefined) {
      const made: FieldSetBuilder = {}
      node[element] = made
      node = made
    } else {
      // A leaf that gets something below it stays a member; a branch that becomes a member says so.
      if (last !== isEmptyFieldSet(known)) known[self] = {}
      node = known
    }
  }
}

/** A set of these paths. */
export function fieldSetOf(...paths: readonly FieldSetPath[]): FieldSet {
  const set: FieldSetBuilder = {}
  for (const path of paths) insertPath(set, path)
  return set
}

/** Every path of a set, those of a level before those below it. */
export function fieldSetPaths(set: FieldSet): readonly FieldSetPath[] {
  const paths: FieldSetPath[] = []
  collect(set, [], paths)
  return paths
}

function collect(set: FieldSet, prefix: FieldSetPath, paths: FieldSetPath[]): void {
  const keys = Object.keys(set)
    .filter((key) => key !== self)
    .sort(compareElements)
  for (const key of keys) if (isMember(set[key])) paths.push([...prefix, key])
  for (const key of keys) {
    const child = set[key]
    if (child !== undefined && hasChildren(child)) collect(child, [...prefix, key], paths)
  }
}

/** What is in one set or the other. */
export function unionOf(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptyFieldSet(b)) return a
  if (isEmptyFieldSet(a)) return b
  const result: Record<PathElement, FieldSet> = { ...a }
  for (const key of Object.keys(b)) {
    const right = b[key] ?? leaf
    const left = a[key]
    result[key] = left === undefined ? right : nodeUnion(left, right)
  }
  return result
}

function nodeUnion(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a
  return node(isMember(a) || isMember(b), unionOf(a, b)) ?? leaf
}

/** What is in both sets. */
export function intersectionOf(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a
  const result: Record<PathElement, FieldSet> = {}
  for (const key of Object.keys(a)) {
    const left = a[key]
    const right = b[key]
    if (left === undefined || right === undefined || key === self) continue
    const made = node(isMember(left) && isMember(right), intersectionOf(left, right))
    if (made !== undefined) result[key] = made
  }
  return result
}

/** What is in `a` and not in `b`; a member of `b` takes nothing away that is below it. */
export function differenceOf(a: FieldSet, b: FieldSet): FieldSet {
  return without(a, b, false)
}

/** What is in `a` and neither in `b` nor below a member of `b`. */
export function recursiveDifferenceOf(a: FieldSet, b: FieldSet): FieldSet {
  return without(a, b, true)
}

function without(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet {
  let result: Record<PathElement, FieldSet> | undefined
  for (const key of Object.keys(b)) {
    const left = a[key]
    const right = b[key]
    if (left === undefined || right === undefined || key === self) continue
    const member = isMember(right)
    const kept =
      member && recursive
        ? undefined
        : node(isMember(left) && !member, hasChildren(left) ? without(left, right, recursive) : leaf)
    if (kept === left) continue
    result ??= { ...a }
    if (kept === undefined) delete result[key]
    else result[key] = kept
  }
  return result ?? a
}

/** What stands under an element, or undefined where nothing does. `below` may hold a `.`, which does not count. */
function node(member: boolean, below: FieldSet): FieldSet | undefined {
  if (!hasChildren(below)) return member ? leaf : undefined
  const marked = below[self] !== undefined
  if (member === marked) return below
  if (member) return { [self]: leaf, ...below }
  const { [self]: _, ...rest } = below
  return rest
}

/** Whether two sets have the same members. */
export function equalFieldSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => {
    const left = a[key]
    const right = b[key]
    return left !== undefined && right !== undefined && equalFieldSets(left, right)
  })
}
