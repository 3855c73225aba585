import { internalTypes } from './types.ts'

const volumeSource = internalTypes['PersistentVolumeSource'] ?? ''
const claimTemplate = internalTypes['PersistentVolumeClaimTemplate'] ?? ''

/** Types of storage and certificates, in the notation of `internalTypes`. */
export const storageTypes: Readonly<Record<string, string>> = {
  ModifyVolumeStatus: 'TargetVolumeAttributesClassName s, Status s',
  PersistentVolumeClaim: `${claimTemplate}, Status @PersistentVolumeClaimStatus`,
  PersistentVolumeClaimCondition: 'Type s, Status s, LastProbeTime t, LastTransitionTime t, Reason s, Message s',
  PersistentVolumeClaimStatus:
    'Phase s, AccessModes [s, Capacity {q, Conditions [@PersistentVolumeClaimCondition, AllocatedResources {q, AllocatedResourceStatuses {s, CurrentVolumeAttributesClassName *s, ModifyVolumeStatus *@ModifyVolumeStatus',
  PersistentVolumeSpec: `Capacity {q, ${volumeSource}, AccessModes [s, ClaimRef *@ObjectReference, PersistentVolumeReclaimPolicy s, StorageClassName s, MountOptions [s, VolumeMode *s, NodeAffinity *@VolumeNodeAffinity, VolumeAttributesClassName *s`,
  'certificates.PodCertificateRequestSpec':
    'SignerName s, PodName s, PodUID:podUID s, ServiceAccountName s, ServiceAccountUID:serviceAccountUID s, NodeName s, NodeUID:nodeUID s, MaxExpirationSeconds *n, PKIXPublicKey:pkixPublicKey y, ProofOfPossession y, UnverifiedUserAnnotations {s',
  'storage.CSINodeDriver': 'Name s, NodeID:nodeID s, TopologyKeys [s, Allocatable *@storage.VolumeNodeResources',
  'storage.VolumeAttachmentSource': 'PersistentVolumeName *s, InlineVolumeSpec *@PersistentVolumeSpec',
  'storage.VolumeAttachmentSpec': 'Attacher s, Source @storage.VolumeAttachmentSource, NodeName s',
  'storage.VolumeNodeResources': 'Count *n',
}
