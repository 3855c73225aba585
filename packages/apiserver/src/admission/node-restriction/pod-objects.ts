import type { Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import { configMapsOfPod, secretsOfPod } from '../../authorization/node/references.ts'

/** Volumes that need nothing of the API. */
const plain: readonly (keyof Volume)[] = [
  'awsElasticBlockStore',
  'azureDisk',
  'cephfs',
  'cinder',
  'downwardAPI',
  'emptyDir',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'gitRepo',
  'hostPath',
  'image',
  'iscsi',
  'nfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
]

const bySource: readonly (readonly [keyof Volume, string])[] = [
  ['configMap', 'configmaps (via configmap volumes)'],
  ['secret', 'secrets (via secret volumes)'],
  ['csi', 'csidrivers (via CSI volumes)'],
  ['glusterfs', 'endpoints (via glusterFS volumes)'],
  ['persistentVolumeClaim', 'persistentvolumeclaims'],
  ['ephemeral', 'persistentvolumeclaims (via ephemeral volumes)'],
  ['azureFile', 'secrets (via azureFile volumes)'],
]

/** What a pod uses of other objects of the API, in words; undefined when it uses none. @see pkg/api/pod/util.go HasAPIObjectReference */
export function apiObjectOf(pod: Pod): string | undefined {
  if (pod.spec?.serviceAccountName) return 'serviceaccounts'
  if (secretsOfPod(pod).size > 0) return 'secrets'
  if (configMapsOfPod(pod).size > 0) return 'configmaps'
  if ((pod.spec?.resourceClaims ?? []).length > 0) return 'resourceclaims'
  for (const volume of pod.spec?.volumes ?? []) {
    const used = objectOfVolume(volume)
    if (used !== undefined) return used
  }
  return undefined
}

function objectOfVolume(volume: Volume): string | undefined {
  if (plain.some((source) => volume[source] !== undefined)) return undefined
  const found = bySource.find(([source]) => volume[source] !== undefined)
  if (found) return found[1]
  for (const source of volume.projected?.sources ?? []) {
    if (source.configMap) return 'configmaps (via projected volumes)'
    if (source.secret) return 'secrets (via projected volumes)'
    if (source.serviceAccountToken) return 'serviceaccounts (via projected volumes)'
    if (source.clusterTrustBundle) return 'clustertrustbundles'
    if (source.podCertificate) return 'podcertificates'
  }
  return undefined
}
