import { deepEqual, type KubeObject } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../context.ts'

const consequence =
  'API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed'

/**
 * The object with each owner once; the client is told of owners that stood there again. A patch is looked at after
 * mutating admission, which the text says.
 *
 * @see staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go dedupOwnerReferences
 */
export function withUniqueOwners(
  object: KubeObject,
  context: Pick<RequestContext, 'warn'>,
  when: 'given' | 'patched' = 'given',
): KubeObject {
  const { ownerReferences } = object.metadata
  if (!Array.isArray(ownerReferences) || ownerReferences.length < 2) return object
  const kept: unknown[] = []
  const repeated: string[] = []
  for (const reference of ownerReferences) {
    if (kept.some((other) => deepEqual(other, reference))) repeated.push(String(reference?.uid ?? ''))
    else kept.push(reference)
  }
  if (repeated.length === 0) return object
  const moment = when === 'given' ? '' : ' after mutating admission happens'
  context.warn(`.metadata.ownerReferences contains duplicate entries${moment}; ${consequence}: ${repeated.join(', ')}`)
  return { ...object, metadata: { ...object.metadata, ownerReferences: kept as typeof ownerReferences } }
}
