/** A check of metadata that an update makes: of what changes, or of all of it as for a new object. */
export type MetadataCheck = 'changes' | 'whole'

/** How one kind checks metadata, beside what every object is held to. */
export interface MetadataRules {
  /** Whether finalizers without a domain must be the system's own. */
  readonly ownFinalizers: boolean
  /** Whether a prefix for generated names is checked, and not just the name that comes of it. */
  readonly prefixes: boolean
  /** Whether the kind checks a new object's metadata at all. */
  readonly create: boolean
  /** What an update checks. */
  readonly update: readonly MetadataCheck[]
  /** What a write of a status checks. */
  readonly subresource: readonly MetadataCheck[]
  /** What a write of a subresource checks that is not the status; the same when absent. */
  readonly ofOthers?: readonly MetadataCheck[]
}

const ordinary: MetadataRules = {
  ownFinalizers: true,
  prefixes: true,
  create: true,
  update: ['changes'],
  subresource: ['changes'],
}
const whole: MetadataRules = { ...ordinary, update: ['changes', 'whole'] }
const wholeFirst: MetadataRules = { ...ordinary, update: ['whole', 'changes'] }
const wholeOnly: MetadataRules = { ...ordinary, update: ['whole'] }
const none: MetadataRules = { ...ordinary, create: false, update: [], subresource: [] }

/** The rules of kinds that know nothing of finalizers, custom resources among them. */
export const anyFinalizers: MetadataRules = { ...ordinary, ownFinalizers: false }

/**
 * The kinds that differ from the others, by `kind.group`.
 *
 * @see https://github.com/kubernetes/kubernetes/tree/v1.35.4/pkg/apis ValidateObjectMeta and ValidateObjectMetaUpdate in each validation.go
 */
const rules: Readonly<Record<string, MetadataRules>> = {
  ConfigMap: whole,
  Secret: whole,
  Pod: { ...whole, ofOthers: ['changes', 'whole'] },
  PersistentVolume: { ...ordinary, update: ['whole', 'whole'] },
  PersistentVolumeClaim: whole,
  Node: whole,
  Namespace: whole,
  ServiceAccount: whole,
  Endpoints: whole,
  ReplicationController: { ...ordinary, prefixes: false },
  LimitRange: wholeOnly,
  // Events of the newer group are checked by their room.
  Event: none,
  'Event.events.k8s.io': none,
  'ControllerRevision.apps': whole,
  'Job.batch': whole,
  'CronJob.batch': { ...ordinary, subresource: [] },
  'Lease.coordination.k8s.io': anyFinalizers,
  'LeaseCandidate.coordination.k8s.io': anyFinalizers,
  'Ingress.networking.k8s.io': whole,
  'IngressClass.networking.k8s.io': whole,
  'NetworkPolicy.networking.k8s.io': whole,
  'IPAddress.networking.k8s.io': whole,
  'RuntimeClass.node.k8s.io': { ...whole, ownFinalizers: false },
  'PodDisruptionBudget.policy': none,
  'Role.rbac.authorization.k8s.io': whole,
  'RoleBinding.rbac.authorization.k8s.io': whole,
  'ClusterRole.rbac.authorization.k8s.io': whole,
  'ClusterRoleBinding.rbac.authorization.k8s.io': whole,
  'ResourceClaim.resource.k8s.io': whole,
  'ResourceClaimTemplate.resource.k8s.io': whole,
  'DeviceClass.resource.k8s.io': { ...wholeFirst, prefixes: false },
  'EndpointSlice.discovery.k8s.io': wholeOnly,
  'VolumeAttachment.storage.k8s.io': { ...wholeOnly, subresource: ['whole'] },
  'StorageClass.storage.k8s.io': whole,
  'CSINode.storage.k8s.io': { ...ordinary, update: ['whole', 'whole'] },
  'CSIStorageCapacity.storage.k8s.io': whole,
  'VolumeAttributesClass.storage.k8s.io': whole,
  'StorageVersionMigration.storagemigration.k8s.io': wholeFirst,
  'StorageVersion.internal.apiserver.k8s.io': { ...ordinary, update: [], subresource: [] },
  'CertificateSigningRequest.certificates.k8s.io': { ...wholeFirst, subresource: ['whole', 'changes'] },
  'ClusterTrustBundle.certificates.k8s.io': wholeFirst,
  'FlowSchema.flowcontrol.apiserver.k8s.io': { ...ordinary, update: ['whole'], subresource: [] },
  'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io': { ...ordinary, update: ['whole'], subresource: [] },
  'CustomResourceDefinition.apiextensions.k8s.io': anyFinalizers,
  'APIService.apiregistration.k8s.io': { ...whole, ownFinalizers: false },
}

const policies: MetadataRules = { ...anyFinalizers, update: ['whole'], subresource: [] }

/** How a built-in kind checks metadata. */
export function metadataRules(group: string, kind: string): MetadataRules {
  if (group === 'admissionregistration.k8s.io') return policies
  const key = group === '' ? kind : `${kind}.${group}`
  return (Object.hasOwn(rules, key) ? rules[key] : undefined) ?? ordinary
}
