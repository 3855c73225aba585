import type { Node, NodeSelectorRequirement, NodeSelectorTerm } from '@kube-bonsai/api-types/core/v1'
import {
  type FieldPath,
  formatFieldError,
  invalid,
  newRequirement,
  notSupported,
  Selector,
  SelectorError,
  type SelectorOperator,
} from '@kube-bonsai/apimachinery'

/** One term of a node selector, read once. `problems` are upstream's texts; a term with problems matches nothing. */
export interface CompiledTerm {
  readonly problems: readonly string[]
  matches(node: Pick<Node, 'metadata'>): boolean
}

const operators: Readonly<Record<string, SelectorOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
}

/** True for a term without any requirement: it matches no node. */
export function termIsEmpty(term: NodeSelectorTerm | undefined): boolean {
  return (term?.matchExpressions ?? []).length === 0 && (term?.matchFields ?? []).length === 0
}

/** Reads one term; `path` is where it stands. */
export function compileTerm(term: NodeSelectorTerm, path: FieldPath): CompiledTerm {
  const problems: string[] = []
  const labels = compileExpressions(term.matchExpressions ?? [], path.child('matchExpressions'), problems)
  const fields = compileFields(term.matchFields ?? [], path.child('matchFields'), problems)
  return {
    problems,
    matches({ metadata }) {
      if (problems.length > 0 || !labels.matches(metadata.labels ?? {})) return false
      return !metadata.name || fields.every((field) => field(metadata.name ?? ''))
    },
  }
}

function compileExpressions(
  expressions: readonly NodeSelectorRequirement[],
  path: FieldPath,
  problems: string[],
): Selector {
  const requirements = expressions.flatMap(({ key, operator, values }, index) => {
    const at = path.index(index)
    const known = Object.hasOwn(operators, operator) ? operators[operator] : undefined
    if (known === undefined) {
      problems.push(formatFieldError(notSupported(at.child('operator'), operator, Object.keys(operators))))
      return []
    }
    try {
      return [newRequirement(key, known, values ?? [], at)]
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error
      // Unlike label selectors, nodes' selectors tell a list that is there but empty from none.
      const given = error.errors.map((one) => (one.badValue === null && values ? { ...one, badValue: values } : one))
      problems.push(...given.map(formatFieldError))
      return []
    }
  })
  return Selector.of(requirements)
}

function compileFields(
  requirements: readonly NodeSelectorRequirement[],
  path: FieldPath,
  problems: string[],
): readonly ((name: string) => boolean)[] {
  return requirements.flatMap(({ key, operator, values }, index) => {
    const at = path.index(index)
    if (operator !== 'In' && operator !== 'NotIn') {
      problems.push(formatFieldError(notSupported(at.child('operator'), operator, ['In', 'NotIn'])))
      return []
    }
    if (values?.length !== 1) {
      problems.push(formatFieldError(invalid(at.child('values'), values ?? null, 'must have one element')))
      return []
    }
    // Nodes have one field that can be selected; any other is as good as empty.
    return [(name: string) => ((key === 'metadata.name' ? name : '') === values[0]) === (operator === 'In')]
  })
}
