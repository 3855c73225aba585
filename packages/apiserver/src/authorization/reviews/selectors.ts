import { newRequirement, parseFieldSelector, parseRequirements, type SelectorOperator } from '@kube-bonsai/apimachinery'
import type { SelectorRequirement } from '../authorizer.ts'

/** A selector as far as it could be read. */
export interface ReadSelector {
  readonly requirements: readonly SelectorRequirement[]
  /** True when a part of it could not be read, and is left out. */
  readonly isPartial: boolean
}

interface Given {
  readonly rawSelector?: string
  readonly requirements?: readonly {
    readonly key?: string
    readonly operator?: string
    readonly values?: readonly string[]
  }[]
}

const labelOperators: Readonly<Record<string, SelectorOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
}

/** Reads the label selector of a review. What cannot be read is left out: then the question is a broader one. */
export function readLabels({ rawSelector = '', requirements = [] }: Given): ReadSelector {
  if (requirements.length === 0) return readRaw(() => parseRequirements(rawSelector))
  return collect(requirements, ({ key = '', operator = '', values = [] }) => {
    const known = Object.hasOwn(labelOperators, operator) ? labelOperators[operator] : undefined
    return known === undefined ? undefined : newRequirement(key, known, values)
  })
}

/** The same for a field selector. One field has one value. */
export function readFields({ rawSelector = '', requirements = [] }: Given): ReadSelector {
  if (requirements.length === 0)
    return readRaw(() =>
      parseFieldSelector(rawSelector).requirements.map(({ field, operator, value }) => ({
        key: field,
        operator,
        values: [value],
      })),
    )
  return collect(requirements, ({ key = '', operator, values = [] }) => {
    if (values.length !== 1 || (operator !== 'In' && operator !== 'NotIn')) return undefined
    return { key, operator: operator === 'In' ? '=' : '!=', values }
  })
}

function readRaw(read: () => readonly SelectorRequirement[]): ReadSelector {
  try {
    return { requirements: read(), isPartial: false }
  } catch {
    return { requirements: [], isPartial: true }
  }
}

function collect<T>(parts: readonly T[], read: (part: T) => SelectorRequirement | undefined): ReadSelector {
  const requirements = parts.flatMap((part) => {
    try {
      return read(part) ?? []
    } catch {
      return []
    }
  })
  return { requirements, isPartial: requirements.length < parts.length }
}
