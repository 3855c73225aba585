import type { PersistentVolumeClaim } from '@kube-bonsai/api-types/core/v1'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { Quantity } from '@kube-bonsai/quantity'
import { amountsOf, count } from './amounts.ts'
import { type Evaluator, selects } from './evaluator.ts'

const countName = 'count/persistentvolumeclaims'
const names = ['persistentvolumeclaims', 'requests.storage']
const classInfix = '.storageclass.storage.k8s.io/'

/** @see pkg/quota/v1/evaluator/core/persistent_volume_claims.go */
export const persistentVolumeClaims: Evaluator = {
  handles: ({ operation, subresource }) => operation !== 'DELETE' && (subresource === '' || subresource === 'status'),
  matchingResources: (wanted) =>
    wanted.filter(
      (name) => name === countName || names.includes(name) || names.some((own) => name.endsWith(classInfix + own)),
    ),
  matchesScope(scope, object) {
    return scope.scopeName === 'VolumeAttributesClass' && selects(scope, classNames(object as PersistentVolumeClaim))
  },
  usage(object, { gates }) {
    const claim = object as PersistentVolumeClaim
    const usage = new Map<string, Quantity>([
      ['persistentvolumeclaims', count(1)],
      [countName, count(1)],
    ])
    const annotated = claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class']
    const storageClass = annotated ?? claim.spec?.storageClassName ?? ''
    const storage = storageOf(claim, gates)
    if (storage) usage.set('requests.storage', storage)
    if (storageClass === '') return usage
    usage.set(`${storageClass}${classInfix}persistentvolumeclaims`, count(1))
    if (storage) usage.set(`${storageClass}${classInfix}requests.storage`, storage)
    return usage
  },
}

/** What a claim asks for in whole bytes, or has been given when that is more. */
function storageOf({ spec, status }: PersistentVolumeClaim, gates: FeatureGates): Quantity | undefined {
  const asked = amountsOf(spec?.resources?.requests).get('storage')
  if (asked === undefined) return undefined
  const given = amountsOf(status?.allocatedResources).get('storage')
  const most = gates.enabled('RecoverVolumeExpansionFailure') && given && given.cmp(asked) > 0 ? given : asked
  const { quantity, exact } = most.roundUp(0)
  return exact ? most : quantity
}

function classNames({ spec, status }: PersistentVolumeClaim): readonly string[] {
  const { currentVolumeAttributesClassName: current, modifyVolumeStatus } = status ?? {}
  const all = [spec?.volumeAttributesClassName, current, modifyVolumeStatus?.targetVolumeAttributesClassName]
  return [...new Set(all.flatMap((name) => (name ? [name] : [])))]
}
