import type { PersistentVolume, Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import { sha256 } from '@kube-bonsai/apimachinery'

/** A CSI volume, whether a pod has it inline or by a claim. */
export interface CsiSource {
  /** What the kubelet calls it: the pod's name for it, or that of its persistent volume. */
  readonly name: string
  readonly driver: string
  readonly handle: string
  readonly mode: 'Ephemeral' | 'Persistent'
  readonly readOnly: boolean
  /** It was attached so that nobody can write. */
  readonly isReadOnlyDisk?: boolean
  readonly fsType: string
  readonly attributes: Readonly<Record<string, string>>
  readonly publishSecret?: SecretReference
  readonly stageSecret?: SecretReference
  readonly accessModes: readonly string[]
  readonly mountOptions: readonly string[]
}

/** Where a secret is. */
export interface SecretReference {
  readonly namespace: string
  readonly name: string
}

/** A volume that a pod has inline. Its handle follows from the pod and the name. */
export function inlineSource({ metadata }: Pod, { name, csi }: Volume): CsiSource {
  const { driver = '', readOnly = false, fsType = '', volumeAttributes = {}, nodePublishSecretRef: secret } = csi ?? {}
  return {
    name,
    driver,
    handle: `csi-${hexOf(`${metadata.uid}${name}`)}`,
    mode: 'Ephemeral',
    readOnly,
    fsType,
    attributes: volumeAttributes,
    ...(secret && { publishSecret: { namespace: metadata.namespace ?? '', name: secret.name ?? '' } }),
    accessModes: ['ReadWriteOnce'],
    mountOptions: [],
  }
}

/** A persistent volume of a CSI driver; undefined for those of others. `readOnly` is what the pod says of its claim. */
export function persistentSource({ metadata, spec }: PersistentVolume, readOnly: boolean): CsiSource | undefined {
  const { csi, accessModes = [], mountOptions = [] } = spec ?? {}
  if (csi === undefined) return undefined
  const { driver, volumeHandle, fsType = '', volumeAttributes = {} } = csi
  const { nodePublishSecretRef: publish, nodeStageSecretRef: stage } = csi
  return {
    name: metadata.name ?? '',
    driver,
    handle: volumeHandle,
    mode: 'Persistent',
    readOnly,
    isReadOnlyDisk: csi.readOnly === true,
    fsType,
    attributes: volumeAttributes,
    ...(publish && { publishSecret: { namespace: publish.namespace ?? '', name: publish.name ?? '' } }),
    ...(stage && { stageSecret: { namespace: stage.namespace ?? '', name: stage.name ?? '' } }),
    accessModes,
    mountOptions,
  }
}

/** The SHA-256 of a text, in hexadecimal digits. */
export function hexOf(text: string): string {
  const digest = sha256(new TextEncoder().encode(text))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
