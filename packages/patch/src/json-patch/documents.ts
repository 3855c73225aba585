import { parseInt64, quote } from '@kube-bonsai/apimachinery'
import { PatchError } from '../util/errors.ts'
import { isMap } from '../util/json.ts'

type Container = unknown[] | Record<string, unknown>

/** A place in the document: a container and a key in it. */
export interface Target {
  /** The last step of the path, unescaped. */
  readonly key: string
  /** Reads the value; `undefined` where an object has no such key. Throws PatchError for a bad index. */
  get(): unknown
  /** Says whether `get` would not throw. */
  isReachable(): boolean
  /** Sets a key, or an item that is there. */
  set(value: unknown): void
  /** Sets a key, or inserts an item. Throws PatchError for a bad index. */
  add(value: unknown): void
  /** Takes a key or an item away. Throws PatchError when it is not there. */
  remove(): void
}

/**
 * A document under change. Containers are copied when they are first written to; later writes go to the copy, so a
 * long patch costs no more than it touches, and the input is never written to.
 */
export class Documents {
  #root: Container
  #owned = new WeakSet<object>()

  constructor(root: object) {
    this.#root = asContainer(root)
  }

  /** The document as it is now. */
  get root(): unknown {
    return this.#root
  }

  /** Puts another document in place. */
  replaceRoot(root: object): void {
    this.#root = asContainer(root)
  }

  /** Tells that a value is about to stand in two places: whatever is written from now on is copied again. */
  share(): void {
    this.#owned = new WeakSet()
  }

  /**
   * Follows a path. Whatever stands before its first slash counts for nothing.
   *
   * @returns undefined when there is no slash, or when a step on the way leads nowhere
   */
  find(path: string): Target | undefined {
    const steps = path.split('/')
    if (steps.length < 2) return undefined
    const keys = steps.slice(1).map(unescapeStep)
    const key = keys.pop() ?? ''
    const parent = this.#walk(keys, (next) => next)
    if (parent === undefined) return undefined
    const writable = (): Container => {
      this.#root = this.#own(this.#root)
      return this.#walk(keys, (next) => this.#own(next)) ?? this.#root
    }
    return Array.isArray(parent) ? new ItemTarget(key, parent, writable) : new FieldTarget(key, parent, writable)
  }

  #walk(keys: readonly string[], visit: (next: Container) => Container): Container | undefined {
    let at = this.#root
    for (const key of keys) {
      const place = Array.isArray(at) ? itemIndex(at, key) : Object.hasOwn(at, key) ? key : undefined
      if (place === undefined) return undefined
      const next: unknown = Reflect.get(at, place)
      if (!isMap(next) && !Array.isArray(next)) return undefined
      const container = asContainer(next)
      const visited = visit(container)
      if (visited !== container) write(at, place, visited)
      at = visited
    }
    return at
  }

  #own(container: Container): Container {
    if (this.#owned.has(container)) return container
    const copy = Array.isArray(container) ? [...container] : { ...container }
    this.#owned.add(copy)
    return copy
  }
}

class FieldTarget implements Target {
  readonly key: string
  readonly #parent: Record<string, unknown>
  readonly #writable: () => Container

  constructor(key: string, parent: Record<string, unknown>, writable: () => Container) {
    this.key = key
    this.#parent = parent
    this.#writable = writable
  }

  get(): unknown {
    return Object.hasOwn(this.#parent, this.key) ? this.#parent[this.key] : undefined
  }

  isReachable(): boolean {
    return true
  }

  set(value: unknown): void {
    write(this.#writable(), this.key, value)
  }

  add(value: unknown): void {
    this.set(value)
  }

  remove(): void {
    if (this.get() === undefined) {
      throw new PatchError('does-not-apply', `Unable to remove nonexistent key: ${this.key}: missing value`)
    }
    Reflect.deleteProperty(this.#writable(), this.key)
  }
}

class ItemTarget implements Target {
  readonly key: string
  readonly #parent: readonly unknown[]
  readonly #writable: () => Container

  constructor(key: string, parent: readonly unknown[], writable: () => Container) {
    this.key = key
    this.#parent = parent
    this.#writable = writable
  }

  get(): unknown {
    return this.#parent[this.#index(this.#parent.length)] ?? null
  }

  isReachable(): boolean {
    return itemIndex(this.#parent, this.key) !== undefined
  }

  set(value: unknown): void {
    write(this.#writable(), this.#index(this.#parent.length), value)
  }

  add(value: unknown): void {
    const index = this.key === '-' ? this.#parent.length : this.#insertionIndex()
    const list = this.#writable()
    if (Array.isArray(list)) list.splice(index, 0, value)
  }

  remove(): void {
    const index = this.#index(this.#parent.length)
    const list = this.#writable()
    if (Array.isArray(list)) list.splice(index, 1)
  }

  #insertionIndex(): number {
    try {
      return this.#index(this.#parent.length + 1)
    } catch (error) {
      if (!(error instanceof PatchError) || error.kind !== 'malformed') throw error
      throw new PatchError('malformed', `value was not a proper array index: '${this.key}': ${error.message}`)
    }
  }

  /** Reads the key as an index below a size; a negative one counts from the end. */
  #index(size: number): number {
    const parsed = parseInt64(this.key)
    if (parsed === undefined) throw new PatchError('malformed', atoiMessage(this.key))
    if (parsed >= BigInt(size) || parsed < -BigInt(size)) {
      throw new PatchError('does-not-apply', `Unable to access invalid index: ${parsed}: invalid index referenced`)
    }
    return parsed < 0n ? Number(parsed) + size : Number(parsed)
  }
}

function itemIndex(list: readonly unknown[], key: string): number | undefined {
  const parsed = parseInt64(key)
  const size = BigInt(list.length)
  if (parsed === undefined || parsed >= size || parsed < -size) return undefined
  return Number(parsed < 0n ? parsed + size : parsed)
}

function atoiMessage(text: string): string {
  const problem = /^[+-]?[0-9]+$/.test(text) ? 'value out of range' : 'invalid syntax'
  return `strconv.Atoi: parsing ${quote(text)}: ${problem}`
}

/** Defines the key, so that `__proto__` is one like any other. */
function write(container: Container, key: string | number, value: unknown): void {
  Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true })
}

function asContainer(value: object): Container {
  return value as Container
}

function unescapeStep(step: string): string {
  return step.replace(/~[01]/g, (mark) => (mark === '~1' ? '/' : '~'))
}
