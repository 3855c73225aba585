import type { FieldType } from '../schema.ts'
import type { TypeResolver } from '../scheme.ts'

/** How deep a document may nest, as upstream's JSON reader has it. */
export const maxDepth = 10_000

/**
 * How deep the typed part may nest. Only a CustomResourceDefinition's schema can nest at all; what lies in fields that
 * take any JSON counts towards `maxDepth` alone.
 */
export const maxTypedDepth = 1_000

/** Whose words errors are in: those of Go's JSON decoder, or of upstream's converter from maps, which reads patched objects. */
export type DecodeWords = 'json' | 'converter'

/** What one decoding finds on its way. */
export interface DecodeState {
  readonly types: TypeResolver
  readonly words: DecodeWords
  /** Upstream's spelling of the place: `spec.containers[0]`. */
  readonly path: string[]
  /** The Go names of the fields on the way, embedded structs included, without indexes and map keys. */
  readonly goPath: string[]
  /** The Go struct that the last field belongs to. */
  goStruct: string
  readonly unknown: Set<string>
  typeError: string | undefined
  /** How many levels of JSON lie above. */
  depth: number
  /** Set inside types with a decoder of their own, which never reports unknown fields. */
  quiet: boolean
  /** Set once an empty list or map was left out. */
  emptied: boolean
}

/** At most this many unknown fields are reported. */
const unknownLimit = 100

export function newState(types: TypeResolver, words: DecodeWords): DecodeState {
  return {
    types,
    words,
    path: [],
    goPath: [],
    goStruct: '',
    unknown: new Set(),
    typeError: undefined,
    depth: 0,
    quiet: false,
    emptied: false,
  }
}

/** Notes an unknown field of the object at the current place. */
export function noteUnknown(state: DecodeState, key: string): void {
  if (state.quiet || state.unknown.size >= unknownLimit) return
  const parent = state.path.join('')
  state.unknown.add(parent === '' ? key : `${parent}.${key}`)
}

/** The text of Go's error for a value of the wrong type here. */
export function typeErrorText(state: DecodeState, actual: string, goType: string): string {
  if (state.goPath.length === 0 || state.words === 'converter')
    return `json: cannot unmarshal ${actual} into Go value of type ${goType}`
  const field = `${state.goStruct}.${state.goPath.join('.')}`
  return `json: cannot unmarshal ${actual} into Go struct field ${field} of type ${goType}`
}

/** Notes a value of the wrong type: the first one is what upstream reports. */
export function noteTypeError(state: DecodeState, shape: FieldType['type'], actual: string, goType: string): void {
  state.typeError ??=
    state.words === 'json' ? typeErrorText(state, actual, goType) : converterText(shape, actual, goType)
}

/** @see staging/src/k8s.io/apimachinery/pkg/runtime/converter.go fromUnstructured */
function converterText(shape: FieldType['type'], actual: string, goType: string): string {
  const given = goKind(actual)
  switch (shape) {
    case 'ref':
      return `cannot restore struct from: ${given}`
    case 'array':
      return `cannot restore slice from ${given}`
    case 'map':
      return `cannot restore map from ${given}`
    case 'integer':
    case 'number':
      return given === 'float64' ? `cannot convert ${given} to ${goType}` : `unrecognized type: ${goType}`
    case 'string':
      return given === 'int64' ? `cannot convert ${given} to ${goType}` : 'unrecognized type: string'
    default:
      return 'unrecognized type: bool'
  }
}

/** What a JSON value is in Go once it was read into a map. */
function goKind(actual: string): string {
  if (actual.startsWith('number')) return /[.e]/.test(actual) ? 'float64' : 'int64'
  return actual === 'array' ? 'slice' : actual === 'object' ? 'map' : actual
}
