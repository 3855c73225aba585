import type { JsonValue } from '@kube-bonsai/apimachinery'
import { PatchError } from './errors.ts'

/** A JSON object as it is read here: only its own keys, `undefined` as absent. */
export type JsonMap = { readonly [key: string]: unknown }

/** How deep a document may nest before it is refused instead of exhausting the stack. */
export const maxDepth = 2000

/** Says whether a value is a JSON object. */
export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads an own key; whatever a prototype has counts for nothing. */
export function own(map: JsonMap, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined
}

/** The entries of an object, those that are `undefined` left out. */
export function entriesOf(map: JsonMap): [string, unknown][] {
  return Object.entries(map).filter((entry) => entry[1] !== undefined)
}

/** A map to work on, in the order of the object. */
export function toWork(map: JsonMap): Map<string, unknown> {
  return new Map(entriesOf(map))
}

/** Turns a map back into an object; `__proto__` becomes a plain key. */
export function fromWork(work: ReadonlyMap<string, unknown>): JsonMap {
  return Object.fromEntries(work)
}

/**
 * Refuses what is nested too deep to work on.
 *
 * @throws PatchError
 */
export function checkDepth(...values: readonly unknown[]): void {
  let level: readonly unknown[] = values
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) throw new PatchError('malformed', `exceeded max depth: more than ${maxDepth} levels`)
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value).filter(isContainer) : [],
    )
  }
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/** Marks a value as JSON: patches pass through what they were given, which is JSON by contract. */
export function asJson(value: unknown): JsonValue {
  return value as JsonValue
}
