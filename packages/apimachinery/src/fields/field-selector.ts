import { compareUtf8 } from '../text/utf8.ts'
import { escapeFieldValue, unescapeFieldValue } from './escape.ts'
import { FieldSelectorError } from './field-selector-error.ts'

/** The selectable fields of an object, by path; one that is missing counts as empty. */
export type FieldSet = { readonly [field: string]: string }

/** One condition on one field. */
export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}

/**
 * A field selector: all its requirements must hold. Immutable.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/fields/selector.go
 */
export class FieldSelector {
  readonly requirements: readonly FieldRequirement[]
  /** False for the selector that selects nothing at all. */
  readonly selectable: boolean

  private constructor(requirements: readonly FieldRequirement[], selectable: boolean) {
    this.requirements = requirements
    this.selectable = selectable
  }

  /** Makes a selector of requirements. */
  static of(requirements: readonly FieldRequirement[]): FieldSelector {
    return new FieldSelector(requirements, true)
  }

  /** Selects everything. */
  static readonly everything: FieldSelector = new FieldSelector([], true)

  /** Selects nothing. */
  static readonly nothing: FieldSelector = new FieldSelector([], false)

  /** Says whether fields fulfil every requirement. */
  matches(fields: FieldSet): boolean {
    if (!this.selectable) return false
    for (const { field, operator, value } of this.requirements) {
      const actual = Object.hasOwn(fields, field) ? fields[field] : ''
      if ((actual === value) !== (operator === '=')) return false
    }
    return true
  }

  /** True when the selector selects everything. */
  get empty(): boolean {
    return this.selectable && this.requirements.length === 0
  }

  /** The value that the first equality on a field asks for, or undefined. */
  requiresExactMatch(field: string): string | undefined {
    return this.requirements.find((candidate) => candidate.operator === '=' && candidate.field === field)?.value
  }

  /**
   * Makes a selector with every requirement rewritten, as versions of an API do; one rewritten to an empty field and
   * an empty value is left out. What the function throws is passed on.
   */
  transform(rewrite: (field: string, value: string) => readonly [field: string, value: string]): FieldSelector {
    if (!this.selectable) return this
    const next = this.requirements.map((requirement): FieldRequirement => {
      const [field, value] = rewrite(requirement.field, requirement.value)
      return { field, operator: requirement.operator, value }
    })
    return FieldSelector.of(next.filter(({ field, value }) => field !== '' || value !== ''))
  }

  /** The canonical text, which `parseFieldSelector` reads back. */
  toString(): string {
    return this.requirements.map((one) => one.field + one.operator + escapeFieldValue(one.value)).join(',')
  }
}

/**
 * Reads a field selector as `fieldSelector=` has it: `metadata.name=x,spec.nodeName!=y`, terms sorted.
 *
 * @throws FieldSelectorError with upstream's message
 */
export function parseFieldSelector(selector: string): FieldSelector {
  const requirements: FieldRequirement[] = []
  for (const term of [...splitTerms(selector)].sort(compareUtf8)) {
    if (term === '') continue
    const requirement = splitTerm(term)
    if (requirement === undefined) {
      throw new FieldSelectorError(`invalid selector: '${selector}'; can't understand '${term}'`)
    }
    const value = unescapeFieldValue(requirement.value)
    if (requirement.field !== '' || value !== '') requirements.push({ ...requirement, value })
  }
  return FieldSelector.of(requirements)
}

/** Makes the selector that asks for one value of one field. */
export function fieldSelectorFor(field: string, value: string): FieldSelector {
  return FieldSelector.of([{ field, operator: '=', value }])
}

/** Cuts at commas that no backslash escapes; the escapes stay. */
function splitTerms(selector: string): readonly string[] {
  const terms: string[] = []
  let start = 0
  for (let i = 0; i < selector.length; i++) {
    const ch = selector.charAt(i)
    if (ch === '\\') i += 1
    else if (ch === ',') {
      terms.push(selector.slice(start, i))
      start = i + 1
    }
  }
  terms.push(selector.slice(start))
  return terms
}

function splitTerm(term: string): FieldRequirement | undefined {
  const found = /!=|==?/.exec(term)
  if (found === null) return undefined
  return {
    field: term.slice(0, found.index),
    operator: found[0] === '!=' ? '!=' : '=',
    value: term.slice(found.index + found[0].length),
  }
}
