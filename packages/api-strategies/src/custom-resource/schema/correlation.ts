import { deepEqual } from '@kube-bonsai/apimachinery'
import { isFields } from '../../meta/json.ts'
import { fieldOf, type SchemaNode } from './node.ts'

/**
 * A value beside the one that stood in its place before an update. Items of a list belong together only where keys name them.
 *
 * @see staging/src/k8s.io/apiserver/pkg/cel/common/equality.go
 */
export class Correlation {
  readonly value: unknown
  readonly old: unknown
  readonly #node: SchemaNode
  readonly #children: Map<string | number, Correlation> = new Map()
  #equal: boolean | undefined
  #byKeys: Map<string, unknown> | undefined

  constructor(value: unknown, old: unknown, node: SchemaNode) {
    this.value = value
    this.old = old
    this.#node = node
  }

  /** A field with what it was; undefined where there was none, or the schema does not know it. */
  key(name: string): Correlation | undefined {
    const known = this.#children.get(name)
    if (known !== undefined) return known
    const { value, old } = this
    if (!isFields(value) || !isFields(old) || !Object.hasOwn(value, name) || !Object.hasOwn(old, name)) return undefined
    const child = fieldOf(this.#node, name)
    return child === undefined ? undefined : this.#add(name, new Correlation(value[name], old[name], child))
  }

  /** An item with the one of the same keys; undefined where there was none, or the list is no map. */
  index(index: number): Correlation | undefined {
    const known = this.#children.get(index)
    if (known !== undefined) return known
    const { value, old } = this
    const { items, listType } = this.#node
    if (listType !== 'map' || items === undefined || !Array.isArray(value) || !Array.isArray(old)) return undefined
    this.#byKeys ??= new Map(old.map((item) => [this.#keysOf(item), item]))
    const before = this.#byKeys.get(this.#keysOf(value[index]))
    return before === undefined ? undefined : this.#add(index, new Correlation(value[index], before, items))
  }

  /** Whether nothing has changed here. */
  get unchanged(): boolean {
    this.#equal ??= this.#compare()
    return this.#equal
  }

  #add(at: string | number, child: Correlation): Correlation {
    this.#children.set(at, child)
    return child
  }

  #keysOf(item: unknown): string {
    const fields = isFields(item) ? item : {}
    return JSON.stringify(this.#node.listMapKeys.map((key) => fields[key] ?? null))
  }

  #compare(): boolean {
    const { value, old } = this
    if (Array.isArray(value) && Array.isArray(old)) {
      if (value.length !== old.length) return false
      if (this.#node.listType !== 'map') return deepEqual(old, value)
      return value.every((_, index) => this.index(index)?.unchanged === true)
    }
    if (isFields(value) && isFields(old)) {
      const names = Object.keys(value)
      return names.length === Object.keys(old).length && names.every((name) => this.key(name)?.unchanged === true)
    }
    return deepEqual(old, value)
  }
}
