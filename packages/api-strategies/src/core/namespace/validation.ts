import { type FieldError, FieldPath, invalid, validateFinalizerName } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isEmpty, listOf, textOf } from '../../meta/json.ts'

const standard: readonly string[] = ['kubernetes', 'orphan', 'foregroundDeletion']
const unqualified = 'name is neither a standard finalizer name nor is it fully qualified'

const path = FieldPath.of('spec', 'finalizers')
const finalizersOf = (namespace: Fields): readonly string[] =>
  listOf(fieldsOf(namespace['spec'])['finalizers']).map(textOf)

function finalizerErrors(name: string, at: FieldPath): readonly FieldError[] {
  const known = name.includes('/') || standard.includes(name)
  return [...validateFinalizerName(name, at), ...(known ? [] : [invalid(at, name, unqualified)])]
}

/** Checks the finalizers of a namespace. */
export function namespaceErrors(namespace: Fields): readonly FieldError[] {
  return finalizersOf(namespace).flatMap((name) => finalizerErrors(name, path))
}

/** The same where finalizers are what is written: each says where it stands. */
export function namespaceFinalizeErrors(namespace: Fields): readonly FieldError[] {
  return finalizersOf(namespace).flatMap((name, index) => finalizerErrors(name, path.index(index)))
}

/** Checks that the phase says whether the namespace is being deleted. */
export function namespaceStatusErrors(namespace: Fields): readonly FieldError[] {
  const deleted = !isEmpty(fieldsOf(namespace['metadata'])['deletionTimestamp'])
  const phase = textOf(fieldsOf(namespace['status'])['phase'])
  if (phase === (deleted ? 'Terminating' : 'Active')) return []
  const detail = deleted
    ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
    : "may only be 'Active' if `deletionTimestamp` is empty"
  return [invalid(FieldPath.of('status', 'Phase'), phase, detail)]
}
