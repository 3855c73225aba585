import { type CelType, dynType, isDyn, isDynOrError, listType, mapType, opaqueType, sameType } from './cel-type.ts'

/** What free type parameters stand for. Immutable from outside: `assignable` answers with a new one. */
export class Substitutions {
  readonly #known: Map<string, CelType>

  constructor(known: Iterable<readonly [string, CelType]> = []) {
    this.#known = new Map(known)
  }

  copy(): Substitutions {
    return new Substitutions(this.#known)
  }

  find(type: CelType): CelType | undefined {
    return type.kind === 'typeParam' ? this.#known.get(type.name) : undefined
  }

  add(from: CelType, to: CelType): void {
    this.#known.set(from.name, to)
  }
}

const nullable = new Set(['opaque', 'struct', 'any', 'duration', 'timestamp'])

/** Whether each of `from` may stand where its partner in `to` is wanted; the substitutions that make it so, or undefined. */
export function assignable(
  known: Substitutions,
  from: readonly CelType[],
  to: readonly CelType[],
): Substitutions | undefined {
  const copy = known.copy()
  return assignLists(copy, from, to) ? copy : undefined
}

function assignLists(known: Substitutions, from: readonly CelType[], to: readonly CelType[]): boolean {
  return from.length === to.length && from.every((type, index) => assign(known, type, to[index] as CelType))
}

function assign(known: Substitutions, from: CelType, to: CelType): boolean {
  if (to.kind === 'typeParam') {
    const [valid, bound] = substitutes(known, from, to)
    if (valid) return true
    if (bound) return false
  }
  if (from.kind === 'typeParam') return substitutes(known, to, from)[0]
  if (isDynOrError(from) || isDynOrError(to)) return true
  if (from.kind === 'null') return nullable.has(to.kind) || to.kind === 'null'
  if (to.kind === 'null') return nullable.has(from.kind)
  switch (from.kind) {
    case 'type':
      return to.kind === 'type'
    case 'list':
    case 'map':
    case 'opaque':
      return from.kind === to.kind && from.name === to.name && assignLists(known, from.params, to.params)
    default:
      return sameType(from, to)
  }
}

/** Whether `type` may stand for the parameter `free`, and whether `free` stood for something before. */
function substitutes(known: Substitutions, type: CelType, free: CelType): readonly [boolean, boolean] {
  if (sameType(type, free)) return [true, true]
  const bound = known.find(free)
  if (bound) {
    if (sameType(type, bound)) return [true, true]
    if (!assign(known, type, bound)) return [false, true]
    const general = mostGeneral(type, bound)
    if (notReferenced(known, free, general)) known.add(free, general)
    return [true, true]
  }
  if (!notReferenced(known, free, type)) return [false, false]
  known.add(free, type)
  return [true, false]
}

/** The more general of two types that unify. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  return lessSpecific(a, b) ? a : b
}

function lessSpecific(a: CelType, b: CelType): boolean {
  if (isDyn(a) || a.kind === 'typeParam') return true
  if (isDyn(b) || b.kind === 'typeParam') return false
  if (a.kind !== b.kind) return false
  switch (a.kind) {
    case 'opaque':
    case 'list':
    case 'map':
      return (
        a.name === b.name &&
        a.params.length === b.params.length &&
        a.params.every((param, index) => lessSpecific(param, b.params[index] as CelType))
      )
    case 'type':
      return true
    default:
      return sameType(a, b)
  }
}

/** The occurs check. */
function notReferenced(known: Substitutions, type: CelType, within: CelType): boolean {
  if (sameType(type, within)) return false
  if (within.kind === 'typeParam') {
    const bound = known.find(within)
    return bound === undefined || notReferenced(known, type, bound)
  }
  return within.params.every((param) => notReferenced(known, type, param))
}

/** Puts in what parameters stand for; free ones become dyn when `freeToDyn`. */
export function substitute(known: Substitutions, type: CelType, freeToDyn: boolean): CelType {
  const bound = known.find(type)
  if (bound) return substitute(known, bound, freeToDyn)
  if (freeToDyn && type.kind === 'typeParam') return dynType
  if (type.params.length === 0) return type
  const params = type.params.map((param) => substitute(known, param, freeToDyn))
  if (params.every((param, index) => param === type.params[index])) return type
  const [first = dynType, second = dynType] = params
  if (type.kind === 'list') return listType(first)
  if (type.kind === 'map') return mapType(first, second)
  return type.kind === 'opaque' ? opaqueType(type.name, ...params) : { ...type, params }
}
