import { internalTypes } from './types.ts'

const volumeSource = internalTypes['PersistentVolumeSource'] ?? ''

/** Types of storage and certificates, in the notation of `internalTypes`. */
export const storageTypes: Readonly<Record<string, string>> = {
  PersistentVolumeSpec: `Capacity {q, ${volumeSource}, AccessModes [s, ClaimRef *@ObjectReference, PersistentVolumeReclaimPolicy s, StorageClassName s, MountOptions [s, VolumeMode *s, NodeAffinity *@VolumeNodeAffinity, VolumeAttributesClassName *s`,
  'certificates.PodCertificateRequestSpec':
    'SignerName s, PodName s, PodUID:podUID s, ServiceAccountName s, ServiceAccountUID:serviceAccountUID s, NodeName s, NodeUID:nodeUID s, MaxExpirationSeconds *n, PKIXPublicKey:pkixPublicKey y, ProofOfPossession y, UnverifiedUserAnnotations {s',
  'storage.CSINodeDriver': 'Name s, NodeID:nodeID s, TopologyKeys [s, Allocatable *@storage.VolumeNodeResources',
  'storage.VolumeAttachmentSource': 'PersistentVolumeName *s, InlineVolumeSpec *@PersistentVolumeSpec',
  'storage.VolumeAttachmentSpec': 'Attacher s, Source @storage.VolumeAttachmentSource, NodeName s',
  'storage.VolumeNodeResources': 'Count *n',
}
