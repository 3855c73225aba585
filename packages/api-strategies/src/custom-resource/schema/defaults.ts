import { type Fields, isFields } from '../../meta/json.ts'
import { fieldOf, type SchemaNode } from './node.ts'
import { setOwn } from './set-own.ts'

/**
 * The value with the defaults of its schema; the value itself when it lacks none. A `null` that may not be one counts as lacking.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/algorithm.go
 */
export function applyDefaults(value: unknown, node: SchemaNode | undefined): unknown {
  if (node === undefined || !node.below.defaults) return value
  if (Array.isArray(value)) return ofList(value, node.items)
  return isFields(value) ? ofObject(value, node) : value
}

function ofList(list: readonly unknown[], items: SchemaNode | undefined): readonly unknown[] {
  let result: unknown[] | undefined
  list.forEach((item, index) => {
    const next = applyDefaults(filled(item, items), items)
    if (next === item) return
    result ??= [...list]
    result[index] = next
  })
  return result ?? list
}

function ofObject(object: Fields, node: SchemaNode): Fields {
  const result = new Changes(object)
  for (const [name, property] of node.properties) {
    if (property.defaultValue === undefined) continue
    if (!Object.hasOwn(object, name) || (object[name] === null && !property.nullable))
      result.set(name, property.defaultValue)
  }
  for (const [name, value] of Object.entries(result.current)) {
    const child = fieldOf(node, name)
    const given = node.properties.has(name) ? value : filled(value, child)
    result.set(name, applyDefaults(given, child))
  }
  return result.current
}

/** What stands for a `null` that may not be one: the default, or `null` where there is none. */
function filled(value: unknown, node: SchemaNode | undefined): unknown {
  return value === null && node !== undefined && !node.nullable ? (node.defaultValue ?? null) : value
}

/**
 * The value without those `null`s that may not be one and have no default.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/prunenulls.go
 */
export function dropNulls(value: unknown, node: SchemaNode | undefined): unknown {
  if (node === undefined) return value
  if (Array.isArray(value)) {
    let result: unknown[] | undefined
    value.forEach((item, index) => {
      const next = dropNulls(item, node.items)
      if (next === item) return
      result ??= [...value]
      result[index] = next
    })
    return result ?? value
  }
  if (!isFields(value)) return value
  const result = new Changes(value)
  for (const [name, item] of Object.entries(value)) {
    const child = fieldOf(node, name)
    const goes = item === null && child !== undefined && !child.nullable && child.defaultValue === undefined
    result.set(name, goes ? undefined : dropNulls(item, child))
  }
  return result.current
}

/** An object that is copied with its first change. */
class Changes {
  #object: Fields
  #copy: Record<string, unknown> | undefined

  constructor(object: Fields) {
    this.#object = object
  }

  get current(): Fields {
    return this.#copy ?? this.#object
  }

  set(name: string, value: unknown): void {
    if (this.current[name] === value && (value !== undefined || !Object.hasOwn(this.current, name))) return
    this.#copy ??= { ...this.#object }
    if (value === undefined) delete this.#copy[name]
    else setOwn(this.#copy, name, value)
  }
}
