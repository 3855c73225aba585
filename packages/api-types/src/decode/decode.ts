import { type GroupVersionKind, type JsonValue, quote } from '@kube-bonsai/apimachinery'
import type { TypeResolver } from '../scheme.ts'
import { DecodeAbort, UnknownKindError } from './decode-error.ts'
import { emptiedFields, noteEmptied } from './emptied.ts'
import { isRecord, jsonKind } from './json-kind.ts'
import { type DecodeWords, newState, noteTypeError } from './state.ts'
import { decodeObject } from './values.ts'

/** What `decode` found. */
export interface DecodeResult {
  /** The object as Go's types would hold it; undefined where the value is no object at all. */
  readonly object: JsonValue | undefined
  /** The dropped fields in upstream's spelling, `spec.containers[0].foo`: at most 100, each once. */
  readonly unknownFields: readonly string[]
  /** Empty, or the text of the error with which Go's decoder would refuse the document. */
  readonly typeErrors: readonly string[]
}

/**
 * Reads a JSON value as an object of a kind, as the API server's decoder does.
 *
 * Unknown fields are dropped and listed. `null` counts as absent, and so does a zero value of a field that Go leaves out
 * when it writes (an empty list, `false` in `hostNetwork`); `replicas: 0` stays, because that field is a pointer. Times,
 * quantities and numbers given for quantities come back in canonical form. Nothing is defaulted and no field is added.
 * What did not change is shared with the input, which is never changed.
 *
 * @param types the types of the kind, from `await scheme.load(group, version)`
 * @param value parsed JSON; every input is allowed
 * @param words whose words errors are in; `converter` for what a patch made of an object
 * @throws UnknownKindError when the kind is unknown or its types are not loaded
 * @see staging/src/k8s.io/apimachinery/pkg/runtime/serializer/json/json.go
 */
export function decode(
  types: TypeResolver,
  kind: GroupVersionKind,
  value: unknown,
  words: DecodeWords = 'json',
): DecodeResult {
  const type = types.typeOf(kind)
  if (type === undefined) throw new UnknownKindError(kind)
  const state = newState(types, words)
  let object: JsonValue | undefined
  try {
    if (isRecord(value)) object = decodeObject(state, type, value)
    else noteTypeError(state, 'ref', jsonKind(value), `${kind.version}.${kind.kind}`)
  } catch (error) {
    if (!(error instanceof DecodeAbort)) throw error
    state.typeError = error.message
  }
  if (state.emptied && isRecord(object)) noteEmptied(object, emptiedFields(object))
  return {
    object,
    unknownFields: [...state.unknown],
    typeErrors: state.typeError === undefined ? [] : [state.typeError],
  }
}

/**
 * The text that upstream gives for unknown fields where the request asks for strict field validation:
 * `strict decoding error: unknown field "spec.foo"`.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/runtime/error.go
 */
export function strictDecodingMessage(unknownFields: readonly string[]): string {
  return `strict decoding error: ${unknownFieldMessages(unknownFields).join(', ')}`
}

/** One text per unknown field, as upstream sends them in warnings: `unknown field "spec.foo"`. */
export function unknownFieldMessages(unknownFields: readonly string[]): readonly string[] {
  return unknownFields.map((field) => `unknown field ${quote(field)}`)
}
