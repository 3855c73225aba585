import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  dynType,
  intType,
  nullType,
  opaqueType,
  stringType,
  structType,
  timestampType,
  typeParam,
  typeType,
  uintType,
} from '../types/cel-type.ts'
import { libraryDeclarations } from './library-declarations.ts'
import { standardDeclarations } from './standard-declarations.ts'

/** One way to call a function. */
export interface Overload {
  readonly id: string
  readonly member: boolean
  readonly args: readonly CelType[]
  readonly result: CelType
  /** The type parameters that it names. */
  readonly params: readonly string[]
}

/** A function with its overloads in the order in which they are tried. */
export interface FunctionDeclaration {
  readonly name: string
  readonly overloads: readonly Overload[]
}

/** Functions by name. */
export type FunctionTable = ReadonlyMap<string, FunctionDeclaration>

const named = new Map<string, CelType>(
  Object.entries({
    bool: boolType,
    bytes: bytesType,
    double: doubleType,
    duration: durationType,
    dyn: dynType,
    int: intType,
    null: nullType,
    string: stringType,
    timestamp: timestampType,
    type: typeType,
    uint: uintType,
    'net.IP': opaqueType('net.IP'),
    'net.CIDR': opaqueType('net.CIDR'),
  }),
)

/** Reads a type as error messages print it: `map(string, list(A))`, where single capitals are parameters. */
export function parseType(text: string): CelType {
  const open = text.indexOf('(')
  if (open < 0) return named.get(text) ?? (/^[A-Z]$/.test(text) ? typeParam(text) : structType(text))
  const name = text.slice(0, open)
  const params = splitTypes(text.slice(open + 1, -1)).map(parseType)
  if (name === 'list' || name === 'map' || name === 'type') return { kind: name, name, params }
  return opaqueType(name, ...params)
}

function splitTypes(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')') depth--
    else if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(start, at))
      start = at + 2
    }
  }
  if (text !== '') parts.push(text.slice(start))
  return parts
}

function parseOverload(text: string): Overload {
  const [signature = '', result = ''] = text.split(' -> ')
  const member = signature.startsWith('.')
  const open = signature.indexOf('(')
  const args = splitTypes(signature.slice(open + 1, -1)).map(parseType)
  return {
    id: signature.slice(member ? 1 : 0, open),
    member,
    args,
    result: parseType(result),
    params: [...new Set(text.match(/\b[A-Z]\b/g) ?? [])],
  }
}

/** The functions of a table of signatures. */
export function declareFunctions(table: Readonly<Record<string, readonly string[]>>): Map<string, FunctionDeclaration> {
  return new Map(
    Object.entries(table).map(([name, overloads]) => [name, { name, overloads: overloads.map(parseOverload) }]),
  )
}

let all: FunctionTable | undefined

/** Every function that Kubernetes v1.35 declares in all its environments, and `jsonpatch.escapeKey`. */
export function kubernetesFunctions(): FunctionTable {
  all ??= declareFunctions({ ...standardDeclarations, ...libraryDeclarations })
  return all
}
