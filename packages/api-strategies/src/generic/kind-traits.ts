/** What sets a kind apart in ways that need no code. Everything absent is as most kinds have it. */
export interface KindTraits {
  /**
   * Whose change counts the generation up: names of fields, `metadata.labels`, or `*` for everything but metadata.
   * Absent: the generation is not maintained. Empty: it is 1 and stays.
   */
  readonly counts?: readonly string[]
  /** What is asked for counts, also where disabled gates drop it. */
  readonly countsAsked?: true
  /** The generation is counted, but not begun at 1. */
  readonly startsWithout?: true
  readonly createOnUpdate?: true
  /** An update must name the resourceVersion it read. */
  readonly needsResourceVersion?: true
  /** How its objects are named; DNS subdomains when absent. */
  readonly names?: 'config-key' | 'label' | 'path-segment' | 'service' | 'ip' | 'storage-version'
  /** A generated name is its prefix. */
  readonly keepsBaseName?: true
  /** The server knows no columns of it. */
  readonly printsPlainly?: true
  /** What of the metadata a status update may not change: all that upstream resets, or one field of it. */
  readonly statusKeeps?: 'reset' | 'labels' | 'all'
  /** The status of a new object is not wiped. */
  readonly keepsStatus?: true
  /** The status is part of what a create or an update writes. */
  readonly writesStatus?: true
  readonly garbageCollection?: 'orphan' | 'unsupported'
}

const spec = ['spec']
const admission = { needsResourceVersion: true } as const
const rbac = { createOnUpdate: true, names: 'path-segment' } as const
const versioned = { needsResourceVersion: true } as const

/**
 * Traits by `kind.group`, for kinds of the core group by `kind`.
 *
 * @see https://github.com/kubernetes/kubernetes/tree/v1.35.4/pkg/registry every strategy.go
 */
const traits: Readonly<Record<string, KindTraits>> = {
  Pod: { counts: spec },
  PodTemplate: { counts: ['template'] },
  ReplicationController: { counts: spec, garbageCollection: 'orphan' },
  Service: { createOnUpdate: true, names: 'service' },
  Endpoints: { createOnUpdate: true },
  LimitRange: { createOnUpdate: true },
  Event: { createOnUpdate: true, garbageCollection: 'unsupported' },
  Namespace: { names: 'label' },
  Node: { keepsStatus: true },
  'Event.events.k8s.io': { createOnUpdate: true, garbageCollection: 'unsupported' },
  'Deployment.apps': { counts: ['spec', 'metadata.annotations'], statusKeeps: 'labels' },
  'DaemonSet.apps': { counts: spec },
  'ReplicaSet.apps': { counts: spec },
  'StatefulSet.apps': { counts: spec, names: 'label' },
  'Job.batch': { counts: spec, garbageCollection: 'orphan' },
  'CronJob.batch': { counts: spec },
  'Lease.coordination.k8s.io': { createOnUpdate: true, needsResourceVersion: true },
  'LeaseCandidate.coordination.k8s.io': { createOnUpdate: true, needsResourceVersion: true, names: 'config-key' },
  'Ingress.networking.k8s.io': { counts: spec },
  'IngressClass.networking.k8s.io': { counts: spec },
  'NetworkPolicy.networking.k8s.io': { counts: spec },
  'ServiceCIDR.networking.k8s.io': { statusKeeps: 'reset', writesStatus: true },
  'IPAddress.networking.k8s.io': { names: 'ip', keepsBaseName: true },
  'PodDisruptionBudget.policy': { counts: spec, needsResourceVersion: true },
  'EndpointSlice.discovery.k8s.io': { counts: ['*', 'metadata.labels'] },
  'PriorityClass.scheduling.k8s.io': { counts: [] },
  'RuntimeClass.node.k8s.io': { createOnUpdate: true, needsResourceVersion: true },
  'Role.rbac.authorization.k8s.io': rbac,
  'RoleBinding.rbac.authorization.k8s.io': rbac,
  'ClusterRole.rbac.authorization.k8s.io': rbac,
  'ClusterRoleBinding.rbac.authorization.k8s.io': rbac,
  'FlowSchema.flowcontrol.apiserver.k8s.io': { counts: spec, statusKeeps: 'all' },
  'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io': { counts: spec, statusKeeps: 'all' },
  'DeviceClass.resource.k8s.io': { counts: spec },
  'DeviceTaintRule.resource.k8s.io': { counts: spec, statusKeeps: 'reset' },
  'ResourceSlice.resource.k8s.io': { counts: spec, countsAsked: true },
  'ResourceClaim.resource.k8s.io': { statusKeeps: 'reset' },
  'CSIDriver.storage.k8s.io': { counts: spec, startsWithout: true, needsResourceVersion: true },
  'CSINode.storage.k8s.io': versioned,
  'CSIStorageCapacity.storage.k8s.io': { ...versioned, printsPlainly: true },
  'VolumeAttachment.storage.k8s.io': { needsResourceVersion: true, statusKeeps: 'reset' },
  'StorageVersionMigration.storagemigration.k8s.io': { needsResourceVersion: true, statusKeeps: 'reset' },
  'StorageVersion.internal.apiserver.k8s.io': {
    needsResourceVersion: true,
    statusKeeps: 'reset',
    names: 'storage-version',
  },
  'CertificateSigningRequest.certificates.k8s.io': { names: 'path-segment' },
  'ClusterTrustBundle.certificates.k8s.io': { needsResourceVersion: true, names: 'path-segment' },
  'PodCertificateRequest.certificates.k8s.io': { needsResourceVersion: true, statusKeeps: 'reset' },
  'CustomResourceDefinition.apiextensions.k8s.io': { counts: spec, needsResourceVersion: true },
  'APIService.apiregistration.k8s.io': { needsResourceVersion: true, names: 'path-segment', statusKeeps: 'reset' },
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': { ...admission, counts: ['webhooks'] },
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': { ...admission, counts: ['webhooks'] },
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io': { ...admission, counts: spec, statusKeeps: 'reset' },
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io': { ...admission, counts: spec },
  'MutatingAdmissionPolicy.admissionregistration.k8s.io': { ...admission, counts: spec },
  'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io': { ...admission, counts: spec },
}

const ordinary: KindTraits = {}

/** What sets a kind apart; nothing for a kind that is as most are. */
export function traitsOf(group: string, kind: string): KindTraits {
  const key = group === '' ? kind : `${kind}.${group}`
  return (Object.hasOwn(traits, key) ? traits[key] : undefined) ?? ordinary
}
