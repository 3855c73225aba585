import { type FieldError, FieldPath, forbidden, internalFieldError, quote } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, objectsOf, textOf } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'

const label = 'resource.kubernetes.io/admin-access'

/** Refuses access to devices in use by others outside of namespaces that were made for that. */
export function adminAccessErrors(object: Fields, requests: unknown, context: StrategyContext): readonly FieldError[] {
  const index = objectsOf(requests).findIndex(({ exactly }) => fieldsOf(exactly)['adminAccess'] === true)
  const path = FieldPath.of('spec', 'devices', 'requests')
  return index < 0 ? [] : namespaceErrors(object, context, path.index(index).child('adminAccess'))
}

/** The same for results of an allocation; those granted before stay. */
export function adminResultErrors(object: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  const path = FieldPath.of('status', 'allocation', 'devices', 'results')
  if (granted(old) >= 0) return []
  const index = granted(object)
  return index < 0 ? [] : namespaceErrors(object, context, path.index(index).child('adminAccess'))
}

function granted(claim: Fields): number {
  const { devices } = fieldsOf(fieldsOf(claim['status'])['allocation'])
  return objectsOf(fieldsOf(devices)['results']).findIndex(({ adminAccess }) => adminAccess === true)
}

function namespaceErrors(object: Fields, context: StrategyContext, path: FieldPath): readonly FieldError[] {
  if (context.namespaceLabels === undefined) return []
  const namespace = textOf(fieldsOf(object['metadata'])['namespace'])
  const labels = context.namespaceLabels(namespace)
  if (labels === undefined) {
    const why = `namespaces ${quote(namespace)} not found`
    return [internalFieldError(path, `could not retrieve namespace to verify admin access: ${why}`)]
  }
  if (labels[label] === 'true') return []
  const why = `admin access to devices requires the \`${label}: true\` label on the containing namespace`
  return [forbidden(path, why)]
}
