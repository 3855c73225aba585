import type { PersistentVolumeClaim } from '@kube-bonsai/api-types/core/v1'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { AdmissionPlugin } from './chain.ts'

const defaultAnnotation = 'storageclass.kubernetes.io/is-default-class'
const betaAnnotation = 'storageclass.beta.kubernetes.io/is-default-class'

/** Claims that name no class get the default one; of several the newest. @see plugin/pkg/admission/storage/storageclass/setdefault */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  async admit(context, { operation, target, subresource, object }) {
    if (operation !== 'CREATE' || target.info.resource !== 'persistentvolumeclaims' || subresource !== '') return object
    const claim = object as PersistentVolumeClaim
    const named =
      claim.spec?.storageClassName !== undefined ||
      claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined
    if (named) return claim
    const { items } = await context.server.storage.range({ prefix: '/registry/storage.k8s.io/storageclasses/' })
    const classes = items.map(({ value }) => value)
    const name = newestDefault(classes, [defaultAnnotation, betaAnnotation])
    return name === undefined ? claim : { ...claim, spec: { ...claim.spec, storageClassName: name } }
  },
}

/** Volumes and claims in use are not removed before their users. @see plugin/pkg/admission/storage/storageobjectinuseprotection */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  admit(_context, { operation, target, subresource, object }) {
    if (operation !== 'CREATE' || subresource !== '') return object
    const finalizer = {
      persistentvolumeclaims: 'kubernetes.io/pvc-protection',
      persistentvolumes: 'kubernetes.io/pv-protection',
      volumeattributesclasses: 'kubernetes.io/vac-protection',
    }[target.info.resource]
    if (finalizer === undefined) return object
    const finalizers = object.metadata.finalizers ?? []
    if (finalizers.includes(finalizer)) return object
    return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } }
  },
}

/** The name of the newest object that one of the annotations marks as default. */
export function newestDefault(objects: readonly KubeObject[], annotations: readonly string[]): string | undefined {
  const marked = objects.filter(({ metadata }) => annotations.some((key) => metadata.annotations?.[key] === 'true'))
  return marked.sort(byNewest)[0]?.metadata.name
}

function byNewest(left: KubeObject, right: KubeObject): number {
  const [one = '', other = ''] = [left.metadata.creationTimestamp, right.metadata.creationTimestamp]
  if (one !== other) return one < other ? 1 : -1
  return (left.metadata.name ?? '') < (right.metadata.name ?? '') ? -1 : 1
}
