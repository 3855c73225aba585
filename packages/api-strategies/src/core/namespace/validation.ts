import { type FieldError, FieldPath, invalid, validateFinalizerName } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isEmpty, listOf, textOf } from '../../meta/json.ts'

const standard: readonly string[] = ['kubernetes', 'orphan', 'foregroundDeletion']
const unqualified = 'name is neither a standard finalizer name nor is it fully qualified'

/** Checks the finalizers of a namespace. */
export function namespaceErrors(namespace: Fields): readonly FieldError[] {
  const path = FieldPath.of('spec', 'finalizers')
  return listOf(fieldsOf(namespace['spec'])['finalizers']).flatMap((finalizer) => {
    const name = textOf(finalizer)
    const known = name.includes('/') || standard.includes(name)
    return [...validateFinalizerName(name, path), ...(known ? [] : [invalid(path, name, unqualified)])]
  })
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
