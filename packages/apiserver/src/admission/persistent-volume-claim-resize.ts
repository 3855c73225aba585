import type { PersistentVolumeClaim } from '@kube-bonsai/api-types/core/v1'
import type { StorageClass } from '@kube-bonsai/api-types/storage/v1'
import { parseResources } from '@kube-bonsai/component-helpers'
import { type AdmissionPlugin, forbidden, isAbout, lookUp } from './chain.ts'

/** Claims grow only when they are bound and their class allows it. @see plugin/pkg/admission/storage/persistentvolume/resize */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  async validate({ server }, attributes) {
    const { operation, subresource, object, old } = attributes
    if (operation !== 'UPDATE' || subresource !== '' || !isAbout(attributes, '', 'persistentvolumeclaims')) return
    const [now, before] = [object as PersistentVolumeClaim, old as PersistentVolumeClaim]
    const [size, known] = [now, before].map(({ spec }) => parseResources(spec?.resources?.requests).get('storage'))
    if (size === undefined || (known ? size.cmp(known) : size.sign()) <= 0) return
    if (before.status?.phase !== 'Bound')
      throw forbidden(attributes, 'Only bound persistent volume claims can be expanded')
    const name = classOf(now)
    const found =
      name === '' || name !== classOf(before) ? undefined : await lookUp(server, 'storage.k8s.io/storageclasses', name)
    if ((found as StorageClass | undefined)?.allowVolumeExpansion === true) return
    const why =
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize'
    throw forbidden(attributes, why)
  },
}

function classOf({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''
}
