import type { Container, PersistentVolume, Pod, Volume } from '@kube-bonsai/api-types/core/v1'

/** A secret in a namespace. */
export interface SecretReference {
  readonly namespace: string
  readonly name: string
}

type AnyContainer = Pick<Container, 'env' | 'envFrom'>
type Note = (name: string | undefined) => void

/** The names that a visit notes, each once. Clusters have many pods: nothing is made for what a pod has not. */
function namesOf(visit: (note: Note) => void): ReadonlySet<string> {
  let names: Set<string> | undefined
  visit((name) => {
    if (name === undefined || name === '') return
    names ??= new Set()
    names.add(name)
  })
  return names ?? none
}

const none: ReadonlySet<string> = new Set()

function visitContainers({ spec }: Pod, visit: (container: AnyContainer) => void): void {
  for (const container of spec?.initContainers ?? []) visit(container)
  for (const container of spec?.containers ?? []) visit(container)
  for (const container of spec?.ephemeralContainers ?? []) visit(container)
}

/** The secrets that a pod names itself. @see pkg/api/v1/pod/util.go VisitPodSecretNames */
export function secretsOfPod(pod: Pod): ReadonlySet<string> {
  return namesOf((note) => {
    for (const { name } of pod.spec?.imagePullSecrets ?? []) note(name)
    visitContainers(pod, ({ env = [], envFrom = [] }) => {
      for (const { secretRef } of envFrom) note(secretRef?.name)
      for (const { valueFrom } of env) note(valueFrom?.secretKeyRef?.name)
    })
    for (const volume of pod.spec?.volumes ?? []) visitSecretsOfVolume(volume, note)
  })
}

function visitSecretsOfVolume(volume: Volume, note: Note): void {
  note(volume.azureFile?.secretName)
  note(volume.cephfs?.secretRef?.name)
  note(volume.cinder?.secretRef?.name)
  note(volume.flexVolume?.secretRef?.name)
  for (const { secret } of volume.projected?.sources ?? []) note(secret?.name)
  note(volume.rbd?.secretRef?.name)
  note(volume.secret?.secretName)
  note(volume.scaleIO?.secretRef?.name)
  note(volume.iscsi?.secretRef?.name)
  note(volume.storageos?.secretRef?.name)
  note(volume.csi?.nodePublishSecretRef?.name)
}

/** The config maps that a pod names. */
export function configMapsOfPod(pod: Pod): ReadonlySet<string> {
  return namesOf((note) => {
    visitContainers(pod, ({ env = [], envFrom = [] }) => {
      for (const { configMapRef } of envFrom) note(configMapRef?.name)
      for (const { valueFrom } of env) note(valueFrom?.configMapKeyRef?.name)
    })
    for (const { projected, configMap } of pod.spec?.volumes ?? []) {
      note(configMap?.name)
      for (const source of projected?.sources ?? []) note(source.configMap?.name)
    }
  })
}

/** The volume claims that a pod uses, those made for it included. */
export function volumeClaimsOfPod({ metadata, spec }: Pod): ReadonlySet<string> {
  return namesOf((note) => {
    for (const { name, ephemeral, persistentVolumeClaim } of spec?.volumes ?? [])
      note(ephemeral ? `${metadata.name}-${name}` : persistentVolumeClaim?.claimName)
  })
}

/** The resource claims that a pod uses, as far as they are made. */
export function resourceClaimsOfPod({ spec, status }: Pod): ReadonlySet<string> {
  const made = (claim: string) =>
    (status?.resourceClaimStatuses ?? []).find(({ name }) => name === claim)?.resourceClaimName
  return namesOf((note) => {
    for (const { name, resourceClaimName } of spec?.resourceClaims ?? []) note(resourceClaimName ?? made(name))
    note(status?.extendedResourceClaimStatus?.resourceClaimName)
  })
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
