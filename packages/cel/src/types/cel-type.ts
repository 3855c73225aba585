/** The kinds of types that the checker tells apart. */
export type CelKind =
  | 'any'
  | 'bool'
  | 'bytes'
  | 'double'
  | 'duration'
  | 'dyn'
  | 'error'
  | 'int'
  | 'list'
  | 'map'
  | 'null'
  | 'opaque'
  | 'string'
  | 'struct'
  | 'timestamp'
  | 'type'
  | 'typeParam'
  | 'uint'

/** A type of the language: `list(string)`, `kubernetes.Quantity`, a free type parameter. */
export interface CelType {
  readonly kind: CelKind
  /** The name at run time: `google.protobuf.Timestamp`, `kubernetes.URL`, `list`. */
  readonly name: string
  readonly params: readonly CelType[]
}

const noParams: readonly CelType[] = []
const simple = (kind: CelKind, name: string = kind): CelType => ({ kind, name, params: noParams })

export const anyType: CelType = simple('any', 'google.protobuf.Any')
export const boolType: CelType = simple('bool')
export const bytesType: CelType = simple('bytes')
export const doubleType: CelType = simple('double')
export const durationType: CelType = simple('duration', 'google.protobuf.Duration')
export const dynType: CelType = simple('dyn')
export const errorType: CelType = simple('error')
export const intType: CelType = simple('int')
export const nullType: CelType = simple('null', 'null_type')
export const stringType: CelType = simple('string')
export const timestampType: CelType = simple('timestamp', 'google.protobuf.Timestamp')
export const typeType: CelType = simple('type')
export const uintType: CelType = simple('uint')

export const listType = (element: CelType): CelType => ({ kind: 'list', name: 'list', params: [element] })
export const mapType = (key: CelType, value: CelType): CelType => ({ kind: 'map', name: 'map', params: [key, value] })
export const optionalType = (value: CelType): CelType => ({ kind: 'opaque', name: 'optional_type', params: [value] })
export const structType = (name: string): CelType => simple('struct', name)
export const opaqueType = (name: string, ...params: CelType[]): CelType => ({ kind: 'opaque', name, params })
export const typeParam = (name: string): CelType => simple('typeParam', name)
export const typeOf = (type: CelType): CelType => ({ kind: 'type', name: 'type', params: [type] })

export const isDyn = (type: CelType): boolean => type.kind === 'dyn' || type.kind === 'any'
export const isDynOrError = (type: CelType): boolean => isDyn(type) || type.kind === 'error'

/** The type inside of an optional, or undefined when it is none. */
export function optionalParam(type: CelType): CelType | undefined {
  return type.kind === 'opaque' && type.name === 'optional_type' ? type.params[0] : undefined
}

/** True when both are the same type, parameters included. */
export function sameType(a: CelType, b: CelType): boolean {
  if (a === b) return true
  return (
    a.kind === b.kind &&
    a.name === b.name &&
    a.params.length === b.params.length &&
    a.params.every((param, index) => sameType(param, b.params[index] as CelType))
  )
}

const shortNames: Partial<Record<CelKind, string>> = {
  any: 'any',
  duration: 'duration',
  error: '!error!',
  null: 'null',
  timestamp: 'timestamp',
}

/** As error messages of the checker show a type: `list(string)`, `timestamp`. */
export function formatType(type: CelType): string {
  const short = shortNames[type.kind]
  if (short !== undefined) return short
  if (type.kind === 'opaque' && type.name === 'function') {
    const [result, ...args] = type.params
    return `(${args.map(formatType).join(', ')}) -> ${result ? formatType(result) : ''}`
  }
  return type.params.length === 0 ? type.name : `${type.name}(${type.params.map(formatType).join(', ')})`
}

/** As the apiserver's own messages show a type: run-time names, `google.protobuf.Timestamp`. */
export function typeName(type: CelType): string {
  return type.params.length === 0 ? type.name : `${type.name}(${type.params.map(typeName).join(', ')})`
}
