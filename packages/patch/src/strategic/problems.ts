import { PatchError } from '../util/errors.ts'
import { goStringText, goText, goType } from '../util/go-text.ts'

/** An item of a list lacks what identifies it. */
export function noMergeKey(item: unknown, mergeKey: string): PatchError {
  return new PatchError('malformed', `map: ${goText(item)} does not contain declared merge key: ${mergeKey}`)
}

/** A value has another type than it must. */
export function badArgType(expected: 'map' | 'list', actual: unknown): PatchError {
  const type = expected === 'map' ? 'map[string]interface {}' : '[]interface {}'
  return new PatchError('malformed', `expected a ${type}, but received a ${goType(actual)}`)
}

/** A `$patch` directive is none that is known here. */
export function badPatchType(directive: unknown, map: unknown): PatchError {
  return new PatchError('malformed', `unknown patch type: ${goStringText(directive)} in map: ${goText(map)}`)
}

/** The three formats of directive lists that can be wrong. */
export function badListFormat(list: 'primitive list' | 'retainKeys' | 'setElementOrder list'): PatchError {
  return new PatchError('malformed', `invalid patch format of ${list}`)
}

/** Lists within lists cannot be patched. */
export function listOfLists(): PatchError {
  return new PatchError('unsupported', 'lists of lists are not supported')
}
