import { compareUtf8 } from '../text/utf8.ts'
import { compileRequirement, formatRequirement, type LabelSet, type Requirement } from './requirement.ts'

/**
 * A compiled label selector: all its requirements must hold. Immutable.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/labels/selector.go
 */
export class Selector {
  /** In order of their keys. */
  readonly requirements: readonly Requirement[]
  /** False for the selector that selects nothing at all. */
  readonly selectable: boolean
  readonly #tests: readonly ((labels: LabelSet) => boolean)[]

  private constructor(requirements: readonly Requirement[], selectable: boolean) {
    this.requirements = requirements
    this.selectable = selectable
    this.#tests = requirements.map(compileRequirement)
  }

  /** Makes a selector of requirements that were checked before. */
  static of(requirements: readonly Requirement[]): Selector {
    return new Selector(
      [...requirements].sort((a, b) => compareUtf8(a.key, b.key)),
      true,
    )
  }

  /** Selects everything. */
  static readonly everything: Selector = new Selector([], true)

  /** Selects nothing. */
  static readonly nothing: Selector = new Selector([], false)

  /** Says whether labels fulfil every requirement; `undefined` stands for no labels. */
  matches(labels: LabelSet | undefined): boolean {
    if (!this.selectable) return false
    const set = labels ?? noLabels
    for (const test of this.#tests) if (!test(set)) return false
    return true
  }

  /** True when the selector selects everything. */
  get empty(): boolean {
    return this.selectable && this.requirements.length === 0
  }

  /** Makes a selector with more requirements; the one that selects nothing stays so. */
  add(...requirements: readonly Requirement[]): Selector {
    return this.selectable ? Selector.of([...this.requirements, ...requirements]) : this
  }

  /** The one value that a label must have, or undefined when the first requirement on it asks for no single one. */
  requiresExactMatch(key: string): string | undefined {
    const requirement = this.requirements.find((candidate) => candidate.key === key)
    if (requirement === undefined || requirement.values.length !== 1) return undefined
    return ['=', '==', 'in'].includes(requirement.operator) ? requirement.values[0] : undefined
  }

  /** The canonical text, which `parseSelector` reads back; empty for everything and for nothing. */
  toString(): string {
    return this.requirements.map(formatRequirement).join(',')
  }
}

const noLabels: LabelSet = Object.freeze({})

/**
 * Makes a selector of labels that must all be there with just these values; the labels are not checked.
 *
 * @param set no labels select everything
 */
export function selectorFromSet(set: LabelSet | undefined): Selector {
  return Selector.of(Object.entries(set ?? {}).map(([key, value]) => ({ key, operator: '=', values: [value] })))
}
