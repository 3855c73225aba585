import { type FieldError, FieldPath, invalid, semanticEqual } from '@kube-bonsai/apimachinery'
import { internalList, internalValue } from '../../internal-form/internal-value.ts'
import { type Fields, fieldsOf, isAbsent, isFields, listOf, objectsOf, withField } from '../../meta/json.ts'

const specPath = FieldPath.of('spec')
const required = 'requiredDuringSchedulingIgnoredDuringExecution'

/**
 * Checks how a pod changes that still waits at its scheduling gates: it may be bound to fewer nodes, not to others.
 *
 * @see pkg/apis/core/validation/validation.go validateNodeSelectorMutation, validateNodeAffinityMutation
 */
export function gatedPodErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  return [...nodeSelectorErrors(spec, stored), ...nodeAffinityErrors(spec, stored)]
}

function nodeSelectorErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  const next = fieldsOf(spec['nodeSelector'])
  const kept = Object.entries(fieldsOf(stored['nodeSelector'])).every(([key, value]) => next[key] === value)
  if (kept) return []
  const value = isFields(spec['nodeSelector']) ? next : null
  const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
  return [invalid(specPath.child('nodeSelector'), value, detail)]
}

const affinityOf = (spec: Fields): unknown => fieldsOf(spec['affinity'])['nodeAffinity']

function nodeAffinityErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  const before = fieldsOf(affinityOf(stored))[required]
  if (semanticEqual(affinityOf(spec), affinityOf(stored)) || !isFields(before)) return []
  const old = objectsOf(before['nodeSelectorTerms'])
  const selector = fieldsOf(fieldsOf(affinityOf(spec))[required])
  const next = objectsOf(selector['nodeSelectorTerms'])
  const path = specPath.child('affinity', 'nodeAffinity', required, 'nodeSelectorTerms')
  if (old.length > 0 && old.length !== next.length) {
    const detail = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'
    return [invalid(path, internalList('NodeSelectorTerm', selector['nodeSelectorTerms']), detail)]
  }
  return old.flatMap((term, index) => {
    const fresh = next[index] ?? {}
    if (onlyAdds(fresh, term)) return []
    const detail = 'only additions are allowed (no mutations or deletions)'
    return [invalid(path.index(index), internalValue('NodeSelectorTerm', fresh), detail)]
  })
}

function onlyAdds(fresh: Fields, old: Fields): boolean {
  const lists = ['matchExpressions', 'matchFields'] as const
  if (lists.every((name) => listOf(old[name]).length === 0)) {
    return lists.every((name) => listOf(fresh[name]).length === 0)
  }
  return lists.every((name) => {
    const before = listOf(old[name])
    return semanticEqual(listOf(fresh[name]).slice(0, before.length), before)
  })
}

/** The new spec with the choice of nodes as the stored one has it. */
export function withStoredNodes(spec: Fields, stored: Fields): Fields {
  const result = withField(spec, 'nodeSelector', stored['nodeSelector'])
  const old = affinityOf(stored)
  if (semanticEqual(affinityOf(spec), old)) return result
  const affinity = withField(fieldsOf(spec['affinity']), 'nodeAffinity', isAbsent(old) ? undefined : old)
  const nothing = isAbsent(stored['affinity']) && Object.keys(affinity).length === 0
  return withField(result, 'affinity', nothing ? undefined : affinity)
}
