/**
 * The way from an object to one of its fields. Immutable: every step returns a new path that shares its parent.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/util/validation/field/path.go
 */
export class FieldPath {
  readonly #parent: FieldPath | undefined
  readonly #name: string
  readonly #subscript: string

  private constructor(parent: FieldPath | undefined, name: string, subscript: string) {
    this.#parent = parent
    this.#name = name
    this.#subscript = subscript
  }

  /** Begins a path: `FieldPath.of('spec', 'template')` is `spec.template`. */
  static of(name: string, ...more: readonly string[]): FieldPath {
    return new FieldPath(undefined, name, '').#down(more)
  }

  /** The object itself: prints nothing, and its first step prints without a dot. */
  static get root(): FieldPath {
    return root
  }

  /** Steps into fields: `.child('spec', 'containers')`. */
  child(name: string, ...more: readonly string[]): FieldPath {
    return new FieldPath(this, name, '').#down(more)
  }

  /** Steps to an item of a list: `[3]`. */
  index(index: number): FieldPath {
    return new FieldPath(this, '', String(index))
  }

  /** Steps to a value of a map: `[key]`, never quoted. */
  key(key: string): FieldPath {
    return new FieldPath(this, '', key)
  }

  /** Upstream's spelling: `spec.containers[0].env[1].name`. */
  toString(): string {
    const steps: string[] = []
    for (let step: FieldPath | undefined = this; step !== undefined; step = step.#parent) steps.push(step.#text())
    return steps.reverse().join('')
  }

  #down(names: readonly string[]): FieldPath {
    let path: FieldPath = this
    for (const name of names) path = new FieldPath(path, name, '')
    return path
  }

  #text(): string {
    if (this === FieldPath.root) return ''
    if (this.#name === '') return `[${this.#subscript}]`
    return this.#parent === undefined || this.#parent === FieldPath.root ? this.#name : `.${this.#name}`
  }
}

// Not a static field: the compiler's output for one that makes its own class fails where private names are in use.
const root: FieldPath = FieldPath.of('')

/** A path, or its text where one is already at hand. */
export type FieldPathLike = FieldPath | string

/** Steps into a field of a path that may not be there, as upstream does with a nil path. */
export function childPath(path: FieldPath | undefined, name: string): FieldPath {
  return path === undefined ? FieldPath.of(name) : path.child(name)
}
