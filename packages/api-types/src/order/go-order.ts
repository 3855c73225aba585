import { compareUtf8, type GroupVersionKind } from '@kube-bonsai/apimachinery'
import { isRecord, setOwn } from '../decode/json-kind.ts'
import type { FieldType, TypeName } from '../schema.ts'
import type { TypeResolver } from '../scheme.ts'

/** Puts the fields of an object into the order in which Go prints them. What is not JSON of the kind stays as it is. */
export type GoOrder = (types: TypeResolver, kind: GroupVersionKind, object: unknown) => unknown

let loading: Promise<GoOrder> | undefined

/**
 * Loads the order of the fields of every built-in type: for bytes that are compared, such as indented answers and the
 * objects that error messages quote.
 */
export function loadGoOrder(): Promise<GoOrder> {
  loading ??= import('../generated/field-order.ts').then(({ fieldOrder }) => orderBy(fieldOrder))
  loading.catch(() => {
    loading = undefined
  })
  return loading
}

function orderBy(fieldOrder: Readonly<Record<TypeName, string>>): GoOrder {
  const orders = new Map<TypeName, readonly string[]>()
  const orderOf = (name: TypeName): readonly string[] => {
    const known = orders.get(name) ?? (Object.hasOwn(fieldOrder, name) ? (fieldOrder[name] ?? '').split(' ') : [])
    orders.set(name, known)
    return known
  }
  const inOrder = (types: TypeResolver, name: TypeName, value: unknown): unknown => {
    if (!isRecord(value)) return value
    const result: Record<string, unknown> = {}
    const fields = types.type(name)?.fields ?? {}
    const order = orderOf(name)
    const keys = Object.keys(value).sort(compareUtf8)
    for (const key of order.length === 0 ? keys : [...order, ...keys]) {
      if (!Object.hasOwn(value, key) || value[key] === undefined || Object.hasOwn(result, key)) continue
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined
      setOwn(result, key, field === undefined ? value[key] : ordered(types, field.value, value[key]))
    }
    return result
  }
  const ordered = (types: TypeResolver, type: FieldType, value: unknown): unknown => {
    if (type.type === 'ref') return inOrder(types, type.ref, value)
    if (type.type === 'array')
      return Array.isArray(value) ? value.map((item) => ordered(types, type.items, item)) : value
    if (type.type !== 'map' || !isRecord(value)) return value
    const result: Record<string, unknown> = {}
    for (const key of Object.keys(value).sort(compareUtf8)) setOwn(result, key, ordered(types, type.values, value[key]))
    return result
  }
  return (types, kind, object) => {
    const type = types.typeOf(kind)
    return type === undefined ? object : inOrder(types, type.name, object)
  }
}
