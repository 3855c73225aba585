import type { Container, Pod, Volume } from '@kube-bonsai/api-types/core/v1'

/**
 * The first kind of object of the API that a pod needs: one that runs without the API must not. Undefined where there is none.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/api/pod/util.go HasAPIObjectReference
 */
export function apiReference(pod: Pod): string | undefined {
  const { spec } = pod
  if (spec === undefined) return undefined
  if (spec.serviceAccountName) return 'serviceaccounts'
  const { initContainers = [], containers, ephemeralContainers = [], volumes = [] } = spec
  const all: readonly Container[] = [...initContainers, ...containers, ...ephemeralContainers]
  if (spec.imagePullSecrets?.length || all.some((one) => takesFrom(one, 'secret')) || volumes.some(hasSecret)) {
    return 'secrets'
  }
  if (all.some((one) => takesFrom(one, 'configMap')) || volumes.some(hasConfigMap)) return 'configmaps'
  if (spec.resourceClaims?.length) return 'resourceclaims'
  for (const volume of volumes) {
    const found = referenceOf(volume)
    if (found !== undefined) return found
  }
  return undefined
}

function takesFrom({ env = [], envFrom = [] }: Container, what: 'secret' | 'configMap'): boolean {
  return (
    envFrom.some((source) => source[`${what}Ref`]?.name) || env.some(({ valueFrom }) => valueFrom?.[`${what}KeyRef`])
  )
}

/** Secrets by any of the ways in which a volume names one. */
function hasSecret(volume: Volume): boolean {
  const { secret, azureFile, cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos, csi, projected } = volume
  return (
    secret?.secretName !== undefined ||
    azureFile?.secretName !== undefined ||
    [cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos].some((source) => source?.secretRef !== undefined) ||
    csi?.nodePublishSecretRef !== undefined ||
    projected?.sources?.some((source) => source.secret !== undefined) === true
  )
}

const hasConfigMap = ({ configMap, projected }: Volume): boolean =>
  configMap !== undefined || projected?.sources?.some((source) => source.configMap !== undefined) === true

function referenceOf(volume: Volume): string | undefined {
  if (volume.csi) return 'csidrivers (via CSI volumes)'
  if (volume.glusterfs) return 'endpoints (via glusterFS volumes)'
  if (volume.persistentVolumeClaim) return 'persistentvolumeclaims'
  if (volume.ephemeral) return 'persistentvolumeclaims (via ephemeral volumes)'
  if (volume.azureFile) return 'secrets (via azureFile volumes)'
  for (const source of volume.projected?.sources ?? []) {
    if (source.serviceAccountToken) return 'serviceaccounts (via projected volumes)'
    if (source.clusterTrustBundle) return 'clustertrustbundles'
    if (source.podCertificate) return 'podcertificates'
  }
  return undefined
}
