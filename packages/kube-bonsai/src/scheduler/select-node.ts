import type { PersistentVolumeClaim, Pod } from '@kube-bonsai/api-types/core/v1'
import type { ControllerContext } from '@kube-bonsai/controllers'

const selectedNode = 'volume.kubernetes.io/selected-node'

/**
 * Tells claims that wait for their first consumer where it runs, so that their volumes can be made there; claims that were told already are
 * left alone. The kubelet waits until they are bound.
 */
export async function selectNodeForClaims(
  { client, informers }: ControllerContext,
  pod: Pod,
  node: string,
): Promise<void> {
  const namespace = pod.metadata.namespace ?? ''
  const claims = informers.informer('v1/persistentvolumeclaims').store
  const classes = informers.informer('storage.k8s.io/v1/storageclasses').store
  const waitsForConsumer = ({ spec, metadata }: PersistentVolumeClaim) => {
    const name = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''
    return classes.get(name)?.volumeBindingMode === 'WaitForFirstConsumer'
  }
  for (const volume of pod.spec?.volumes ?? []) {
    const name = volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : volume.persistentVolumeClaim?.claimName
    const claim = name === undefined ? undefined : claims.get(`${namespace}/${name}`)
    if (name === undefined || claim === undefined || claim.spec?.volumeName) continue
    if (claim.metadata.annotations?.[selectedNode] !== undefined || !waitsForConsumer(claim)) continue
    await client
      .persistentVolumeClaims(namespace)
      .patch(name, 'merge', { metadata: { annotations: { [selectedNode]: node } } })
  }
}
