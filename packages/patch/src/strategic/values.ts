import { fromWork, isMap, own, toWork } from '../util/json.ts'
import { patchDirective } from './directives.ts'

/**
 * Takes objects with a `$patch` directive out of a value that is about to be stored.
 *
 * @returns undefined when the value itself is one
 */
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined)
  if (!isMap(value)) return value
  if (own(value, patchDirective) !== undefined) return undefined
  const work = toWork(value)
  for (const [key, item] of work) {
    const kept = withoutDirectives(item)
    if (kept === undefined) work.delete(key)
    else if (kept !== item) work.set(key, kept)
  }
  return fromWork(work)
}

/** Takes the nulls of objects away, at any depth. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isMap(value)) return value
  const work = toWork(value)
  for (const [key, item] of work) {
    if (item === null) work.delete(key)
    else work.set(key, withoutNulls(item))
  }
  return fromWork(work)
}
