import { PatchError } from '../util/errors.ts'
import { isMap, own } from '../util/json.ts'

/** One step of a JSON patch. What is missing or of the wrong type is `undefined`. */
export interface Operation {
  readonly kind: string
  readonly path: string | undefined
  readonly from: string | undefined
  readonly value: unknown
}

/**
 * Reads the operations of a JSON patch. Whether each is complete shows only when it is applied.
 *
 * @throws PatchError when it is no list of objects
 */
export function decodeOperations(patch: unknown): readonly Operation[] {
  if (patch === null) return []
  if (!Array.isArray(patch)) {
    throw new PatchError('malformed', `json: cannot unmarshal ${jsonType(patch)} into Go value of type jsonpatch.Patch`)
  }
  return patch.map((operation: unknown) => {
    if (operation !== null && !isMap(operation)) {
      const type = jsonType(operation)
      throw new PatchError('malformed', `json: cannot unmarshal ${type} into Go value of type jsonpatch.Operation`)
    }
    return decodeOperation(operation ?? {})
  })
}

function decodeOperation(operation: { readonly [key: string]: unknown }): Operation {
  const text = (key: string): string | undefined => {
    const value = own(operation, key)
    return typeof value === 'string' ? value : undefined
  }
  return { kind: text('op') ?? 'unknown', path: text('path'), from: text('from'), value: own(operation, 'value') }
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
