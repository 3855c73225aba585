import type { FieldSchema, FieldType, TypeResolver, TypeSchema } from '@kube-bonsai/api-types'
import type { GroupVersionKind } from '@kube-bonsai/apimachinery'
import { quote } from '@kube-bonsai/apimachinery'
import { PatchError } from '../util/errors.ts'

/** How a field is patched. */
export interface FieldPatch {
  /** The type of the field, or of its items where a list was looked up. */
  readonly schema: PatchSchema
  /** `merge`, `replace`, or empty, which is to merge objects and replace lists. */
  readonly strategy: string
  /** True when a patch lists the keys that are to stay. */
  readonly retainKeys: boolean
  /** What identifies an item of a list of objects; empty for none. */
  readonly mergeKey: string
}

/** The type of a value as strategic merge patch looks at it: a struct with fields, or something else of Go. */
export class PatchSchema {
  readonly #resolver: TypeResolver
  readonly #struct: TypeSchema | undefined
  /** What Go calls it: struct, map, slice, string, ... */
  readonly goKind: string
  readonly #items: FieldType | undefined

  private constructor(resolver: TypeResolver, struct: TypeSchema | undefined, goKind: string, items?: FieldType) {
    this.#resolver = resolver
    this.#struct = struct
    this.goKind = goKind
    this.#items = items
  }

  /**
   * Finds the schema of a kind.
   *
   * @throws PatchError (`unsupported`) for a kind without types, such as a custom resource
   */
  static of(resolver: TypeResolver, kind: GroupVersionKind): PatchSchema {
    const struct = resolver.typeOf(kind)
    if (struct === undefined) {
      throw new PatchError('unsupported', 'strategic merge patch format is not supported')
    }
    return new PatchSchema(resolver, struct, 'struct')
  }

  /**
   * Looks up a field that holds an object.
   *
   * @throws PatchError with upstream's message when there is no such field
   */
  field(key: string): FieldPatch {
    const found = this.#find(key)
    const strategies = found.patchStrategy ?? []
    const others = strategies.filter((strategy) => strategy !== 'retainKeys')
    return {
      schema: this.#wrap(found.value),
      strategy: others[0] ?? '',
      retainKeys: others.length < strategies.length,
      mergeKey: found.patchMergeKey ?? '',
    }
  }

  /**
   * Looks up a field that holds a list; its schema is that of the items.
   *
   * @throws PatchError with upstream's message when there is no such field, or it holds no list
   */
  listField(key: string): FieldPatch {
    const field = this.field(key)
    const items = field.schema.#items
    if (items === undefined) {
      throw new PatchError('unsupported', `expected slice or array type, but got: ${this.goKind}`)
    }
    if (items.type === 'array') throw new PatchError('unsupported', 'unexpected slice of slice')
    return { ...field, schema: this.#wrap(items) }
  }

  #find(key: string): FieldSchema {
    if (this.#struct === undefined) {
      const message = `merging an object in json but data type is not struct, instead is: ${this.goKind}`
      throw new PatchError('unsupported', message)
    }
    const { name, fields } = this.#struct
    const exact = Object.hasOwn(fields, key) ? fields[key] : undefined
    const found = exact ?? fields[Object.keys(fields).find((field) => sameFolded(field, key)) ?? '']
    if (found !== undefined) return found
    const struct = name.slice(name.lastIndexOf('.') + 1)
    throw new PatchError('unsupported', `unable to find api field in struct ${struct} for the json field ${quote(key)}`)
  }

  #wrap(type: FieldType): PatchSchema {
    const resolver = this.#resolver
    switch (type.type) {
      case 'ref':
        return new PatchSchema(resolver, resolver.type(type.ref) ?? { name: type.ref, fields: {} }, 'struct')
      case 'array':
        return new PatchSchema(resolver, undefined, 'slice', type.items)
      case 'map':
        return new PatchSchema(resolver, undefined, 'map')
      case 'any':
        return new PatchSchema(resolver, { name: 'RawExtension', fields: {} }, 'struct')
      case 'integer':
        return new PatchSchema(resolver, undefined, type.format)
      case 'number':
        return new PatchSchema(resolver, undefined, 'float64')
      case 'boolean':
        return new PatchSchema(resolver, undefined, 'bool')
      default:
        return this.#wrapString(type.format)
    }
  }

  #wrapString(format: string | undefined): PatchSchema {
    const struct = structOfFormat.get(format ?? '')
    if (struct !== undefined) return new PatchSchema(this.#resolver, { name: struct, fields: {} }, 'struct')
    return new PatchSchema(this.#resolver, undefined, format === 'byte' ? 'slice' : 'string')
  }
}

/** Texts that Go keeps in structs. */
const structOfFormat: ReadonlyMap<string, string> = new Map([
  ['quantity', 'Quantity'],
  ['date-time', 'Time'],
  ['micro-time', 'MicroTime'],
  ['int-or-string', 'IntOrString'],
])

function sameFolded(a: string, b: string): boolean {
  return a.length === b.length && a.toLowerCase() === b.toLowerCase()
}
