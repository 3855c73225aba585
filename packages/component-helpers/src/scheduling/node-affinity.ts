import type { Node, NodeSelector, NodeSelectorTerm, Pod, PreferredSchedulingTerm } from '@kube-bonsai/api-types/core/v1'
import { FieldPath } from '@kube-bonsai/apimachinery'
import { type CompiledTerm, compileTerm, termIsEmpty } from './node-selector-term.ts'

/** A node selector with terms that cannot be read. `problems` are upstream's texts, one per term requirement. */
export class NodeSelectorError extends Error {
  readonly kind = 'NodeSelectorError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    const unique = [...new Set(problems)]
    super(unique.length === 1 ? unique[0] : `[${unique.join(', ')}]`)
    this.name = 'NodeSelectorError'
    this.problems = problems
  }
}

/** The part of a node that selectors look at. */
export type NodeIdentity = Pick<Node, 'metadata'>

/** A node selector made ready for many nodes. */
export interface NodeMatcher {
  /** True when any term matches. Throws NodeSelectorError when none does and some could not be read. */
  matches(node: NodeIdentity): boolean
}

/**
 * Prepares a node selector whose unreadable terms count only if nothing else matches. Empty terms match nothing.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go
 */
export function lazyNodeSelector(selector: NodeSelector, path: FieldPath = FieldPath.root): NodeMatcher {
  const terms = compileTerms(selector, path)
  return {
    matches(node) {
      const problems: string[] = []
      for (const term of terms) {
        if (term.problems.length > 0) problems.push(...term.problems)
        else if (term.matches(node)) return true
      }
      if (problems.length > 0) throw new NodeSelectorError(problems)
      return false
    },
  }
}

/** Prepares a node selector. Throws NodeSelectorError at once when any term cannot be read. */
export function nodeSelector(selector: NodeSelector, path: FieldPath = FieldPath.root): NodeMatcher {
  const terms = compileTerms(selector, path)
  const problems = terms.flatMap((term) => term.problems)
  if (problems.length > 0) throw new NodeSelectorError(problems)
  return { matches: (node) => terms.some((term) => term.matches(node)) }
}

/** What a pod demands of its node: `nodeSelector` and required node affinity together. */
export function requiredNodeAffinity(pod: Pod): NodeMatcher {
  const labels = Object.entries(pod.spec?.nodeSelector ?? {})
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const affinity = required === undefined ? undefined : lazyNodeSelector(required)
  return {
    matches(node) {
      const has = node.metadata.labels
      for (const [key, value] of labels) {
        if (has === undefined || !Object.hasOwn(has, key) || has[key] !== value) return false
      }
      return affinity === undefined || affinity.matches(node)
    },
  }
}

/** Scores nodes by a pod's preferences: the sum of the weights of the terms that match. Throws NodeSelectorError. */
export function preferredNodeAffinity(
  terms: readonly PreferredSchedulingTerm[],
  path: FieldPath = FieldPath.root,
): { score(node: NodeIdentity): number } {
  const compiled: { readonly weight: number; readonly term: CompiledTerm }[] = []
  const problems: string[] = []
  terms.forEach(({ weight, preference }, index) => {
    if (weight === 0 || termIsEmpty(preference)) return
    const term = compileTerm(preference, path.index(index))
    problems.push(...term.problems)
    compiled.push({ weight, term })
  })
  if (problems.length > 0) throw new NodeSelectorError(problems)
  return {
    score: (node) => compiled.reduce((sum, { weight, term }) => sum + (term.matches(node) ? weight : 0), 0),
  }
}

function compileTerms(selector: NodeSelector, path: FieldPath): readonly CompiledTerm[] {
  const terms: readonly NodeSelectorTerm[] = selector.nodeSelectorTerms ?? []
  const at = path.child('nodeSelectorTerms')
  return terms.flatMap((term, index) => (termIsEmpty(term) ? [] : [compileTerm(term, at.index(index))]))
}
