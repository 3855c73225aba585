import { type FunctionTable, kubernetesFunctions } from '../functions/declarations.ts'
import { kubernetesMacros, type MacroTable } from '../parser/macros.ts'
import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  nullType,
  stringType,
  structType,
  timestampType,
  typeOf,
  typeType,
  uintType,
} from '../types/cel-type.ts'

/** An object type: which fields it has. */
export interface StructDeclaration {
  readonly name: string
  /** The type of a field, or undefined when there is none of that name. */
  field(name: string): CelType | undefined
}

/** What an expression may refer to. */
export interface CelEnvironment {
  readonly variables: ReadonlyMap<string, CelType>
  /** Finds an object type by name. */
  readonly struct: (name: string) => StructDeclaration | undefined
  readonly functions: FunctionTable
  readonly macros: MacroTable
  /** Object types that expressions may construct, with `Name{field: value}`. */
  readonly constructible?: (name: string) => boolean
}

const standardTypes = new Map<string, CelType>(
  Object.entries({
    bool: typeOf(boolType),
    bytes: typeOf(bytesType),
    double: typeOf(doubleType),
    'google.protobuf.Duration': typeOf(durationType),
    dyn: typeOf(dynType),
    int: typeOf(intType),
    list: typeOf(listType(dynType)),
    map: typeOf(mapType(dynType, dynType)),
    null_type: typeOf(nullType),
    string: typeOf(stringType),
    'google.protobuf.Timestamp': typeOf(timestampType),
    type: typeOf(typeType),
    uint: typeOf(uintType),
    optional_type: typeOf({ kind: 'opaque', name: 'optional_type', params: [dynType] }),
    ...Object.fromEntries(
      [
        'kubernetes.Quantity',
        'kubernetes.URL',
        'kubernetes.NamedFormat',
        'kubernetes.Semver',
        'net.IP',
        'net.CIDR',
      ].map((name) => [name, typeOf(name.startsWith('net') ? { kind: 'opaque', name, params: [] } : structType(name))]),
    ),
  }),
)

/** The type of a name that stands for a type: `int`, `kubernetes.Quantity`. */
export const standardType = (name: string): CelType | undefined => standardTypes.get(name)

/** What to build an environment of. */
export interface EnvironmentOptions {
  readonly variables?: Readonly<Record<string, CelType>>
  readonly structs?: readonly StructDeclaration[]
  readonly macros?: MacroTable
  /** Names of functions that are not declared. */
  readonly without?: readonly string[]
  /** Object types beyond `structs`, found by name. */
  readonly resolve?: (name: string) => StructDeclaration | undefined
}

/** Makes an environment with all of Kubernetes' libraries. */
export function createEnvironment(options: EnvironmentOptions = {}): CelEnvironment {
  const structs = new Map((options.structs ?? []).map((declaration) => [declaration.name, declaration]))
  const functions = new Map(kubernetesFunctions())
  for (const name of options.without ?? ['jsonpatch.escapeKey']) functions.delete(name)
  const { resolve } = options
  return {
    variables: new Map(Object.entries(options.variables ?? {})),
    struct: (name) => structs.get(name) ?? resolve?.(name),
    functions,
    macros: options.macros ?? kubernetesMacros,
    constructible: (name) => structs.has(name) || resolve?.(name) !== undefined,
  }
}

/** An object type of a fixed table of fields. */
export function structOf(name: string, fields: Readonly<Record<string, CelType>>): StructDeclaration {
  const table = new Map(Object.entries(fields))
  return { name, field: (field) => table.get(field) }
}
