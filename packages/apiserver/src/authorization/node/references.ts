import type { Container, PersistentVolume, Pod, Volume } from '@kube-bonsai/api-types/core/v1'

/** A secret in a namespace. */
export interface SecretReference {
  readonly namespace: string
  readonly name: string
}

const named = (names: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(names.filter((name): name is string => name !== undefined && name !== '')),
]

type AnyContainer = Pick<Container, 'env' | 'envFrom'>

function containersOf({ spec }: Pod): readonly AnyContainer[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? []), ...(spec?.ephemeralContainers ?? [])]
}

/** The secrets that a pod names itself. @see pkg/api/v1/pod/util.go VisitPodSecretNames */
export function secretsOfPod(pod: Pod): readonly string[] {
  return named([
    ...(pod.spec?.imagePullSecrets ?? []).map(({ name }) => name),
    ...containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
      ...envFrom.map(({ secretRef }) => secretRef?.name),
      ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
    ]),
    ...(pod.spec?.volumes ?? []).flatMap(secretsOfVolume),
  ])
}

function secretsOfVolume(volume: Volume): readonly (string | undefined)[] {
  return [
    volume.azureFile?.secretName,
    volume.cephfs?.secretRef?.name,
    volume.cinder?.secretRef?.name,
    volume.flexVolume?.secretRef?.name,
    ...(volume.projected?.sources ?? []).map(({ secret }) => secret?.name),
    volume.rbd?.secretRef?.name,
    volume.secret?.secretName,
    volume.scaleIO?.secretRef?.name,
    volume.iscsi?.secretRef?.name,
    volume.storageos?.secretRef?.name,
    volume.csi?.nodePublishSecretRef?.name,
  ]
}

/** The config maps that a pod names. */
export function configMapsOfPod(pod: Pod): readonly string[] {
  return named([
    ...containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
      ...envFrom.map(({ configMapRef }) => configMapRef?.name),
      ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
    ]),
    ...(pod.spec?.volumes ?? []).flatMap(({ projected, configMap }) => [
      configMap?.name,
      ...(projected?.sources ?? []).map((source) => source.configMap?.name),
    ]),
  ])
}

/** The volume claims that a pod uses, those made for it included. */
export function volumeClaimsOfPod(pod: Pod): readonly string[] {
  return named(
    (pod.spec?.volumes ?? []).map((volume) =>
      volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : volume.persistentVolumeClaim?.claimName,
    ),
  )
}

/** The resource claims that a pod uses, as far as they are made. */
export function resourceClaimsOfPod({ spec, status }: Pod): readonly string[] {
  const made = new Map(
    (status?.resourceClaimStatuses ?? []).map(({ name, resourceClaimName }) => [name, resourceClaimName]),
  )
  return named([
    ...(spec?.resourceClaims ?? []).map(({ name, resourceClaimName }) => resourceClaimName ?? made.get(name)),
    status?.extendedResourceClaimStatus?.resourceClaimName,
  ])
}

/** The secrets of a volume that a kubelet reads. @see pkg/api/v1/persistentvolume/util.go */
export function secretsOfVolumeForNodes({ spec }: PersistentVolume): readonly SecretReference[] {
  const home = spec?.claimRef?.namespace ?? ''
  const found: (Partial<SecretReference> | undefined)[] = [
    spec?.azureFile && { namespace: spec.azureFile.secretNamespace || home, name: spec.azureFile.secretName },
    athome(spec?.cephfs?.secretRef, home),
    spec?.cinder?.secretRef,
    athome(spec?.flexVolume?.secretRef, home),
    athome(spec?.rbd?.secretRef, home),
    athome(spec?.scaleIO?.secretRef, home),
    athome(spec?.iscsi?.secretRef, home),
    spec?.storageos?.secretRef,
    spec?.csi?.nodePublishSecretRef,
    spec?.csi?.nodeStageSecretRef,
    spec?.csi?.nodeExpandSecretRef,
  ]
  return found.flatMap((one) => (one?.name ? [{ namespace: one.namespace ?? '', name: one.name }] : []))
}

/** A reference that is to the claim's namespace when it names none. */
function athome(reference: Partial<SecretReference> | undefined, home: string): Partial<SecretReference> | undefined {
  return reference && { ...reference, namespace: reference.namespace || home }
}
