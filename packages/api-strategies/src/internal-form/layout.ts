import { internalTypes } from './types.ts'
import { storageTypes } from './types-of-storage.ts'
import { workloadTypes } from './types-of-workloads.ts'

const types: Readonly<Record<string, string>> = { ...internalTypes, ...workloadTypes, ...storageTypes }

/** The shape of a Go value. */
export type Shape =
  | { readonly is: 'text' | 'number' | 'bool' | 'quantity' | 'nullable' | 'int-or-string' | 'raw' }
  | { readonly is: 'pointer' | 'list' | 'map'; readonly of: Shape }
  | { readonly is: 'struct'; readonly name: string }

/** One field of a struct: as Go prints it, and where the object of the API has it. */
export interface LayoutField {
  readonly name: string
  readonly source: string
  readonly omitEmpty: boolean
  readonly shape: Shape
}

const layouts = new Map<string, readonly LayoutField[]>()

/** The fields of an internal type in Go's order; throws for a type that is not in the table. */
export function layoutOf(type: string): readonly LayoutField[] {
  const known = layouts.get(type)
  if (known !== undefined) return known
  const text = Object.hasOwn(types, type) ? types[type] : undefined
  if (text === undefined) throw new Error(`no layout of the internal type ${type}`)
  const fields = text === '' ? [] : text.split(', ').map(parseField)
  layouts.set(type, fields)
  return fields
}

function parseField(text: string): LayoutField {
  const [names = '', kind = ''] = text.split(' ')
  const omitEmpty = names.endsWith('?')
  const [name = '', source] = (omitEmpty ? names.slice(0, -1) : names).split(':')
  return { name, source: source ?? name.charAt(0).toLowerCase() + name.slice(1), omitEmpty, shape: parseShape(kind) }
}

function parseShape(kind: string): Shape {
  const rest = kind.slice(1)
  switch (kind.charAt(0)) {
    case '*':
      return { is: 'pointer', of: parseShape(rest) }
    case '[':
      return { is: 'list', of: parseShape(rest) }
    case '{':
      return { is: 'map', of: parseShape(rest) }
    case '@':
      // Managed fields are JSON that Go passes on.
      return rest === 'FieldsV1' ? { is: 'raw' } : { is: 'struct', name: rest }
    case 'n':
      return { is: 'number' }
    case 'b':
      return { is: 'bool' }
    case 'q':
      return { is: 'quantity' }
    case 'r':
      return { is: 'raw' }
    case 'i':
      return { is: 'int-or-string' }
    case 't':
    case 'y':
      return { is: 'nullable' }
    default:
      return { is: 'text' }
  }
}
