/** A set of fields as managed fields write it: `{"f:status":{}}`. */
export interface FieldNames {
  readonly [field: string]: FieldNames
}

/** Fields that a write does not change, by apiVersion. */
export type ResetFields = Readonly<Record<string, FieldNames>>

interface Rule {
  /** The versions as upstream's rules name them, which is not always how they are served. */
  readonly versions: readonly string[]
  /** By subresource; the empty one is the object itself. */
  readonly fields: Readonly<Record<string, FieldNames>>
}

const spec: FieldNames = { 'f:spec': {} }
const status: FieldNames = { 'f:status': {} }
const main: FieldNames = { 'f:metadata': {}, 'f:spec': {} }
const simple = { '': status, status: spec }
const strict = { '': status, status: main }

const core = (fields: Rule['fields'] = simple): Rule => ({ versions: ['v1'], fields })
const of = (group: string, versions: string, fields: Rule['fields'] = simple): Rule => ({
  versions: versions.split(' ').map((version) => `${group}/${version}`),
  fields,
})

const ofPod: Rule['fields'] = {
  '': status,
  status: { 'f:metadata': { 'f:deletionTimestamp': {}, 'f:ownerReferences': {} }, 'f:spec': {} },
  ephemeralcontainers: status,
  resize: status,
}
const ofSigningRequest: Rule['fields'] = {
  '': { 'f:spec': {}, 'f:status': {} },
  status: { 'f:spec': {}, 'f:status': { 'f:conditions': {} } },
  approval: { 'f:spec': {}, 'f:status': { 'f:certificate': {} } },
}
const ofDeployment: Rule['fields'] = { '': status, status: { 'f:metadata': { 'f:labels': {} }, 'f:spec': {} } }
const flowcontrol = of('flowcontrol.apiserver.k8s.io', 'v1 v1beta1 v1beta2 v1beta3', strict)
const ingress = of('networking.k8s.io', 'v1 v1beta1')

/** @see pkg/registry strategy.go of each, GetResetFields */
const rules: Readonly<Record<string, Rule>> = {
  '/Namespace': core({ ...simple, finalize: status }),
  '/Node': core(),
  '/PersistentVolume': core(),
  '/PersistentVolumeClaim': core(),
  '/Pod': core(ofPod),
  '/ReplicationController': core(),
  '/ResourceQuota': core(),
  '/Service': core(),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': of(
    'admissionregistration.k8s.io',
    'v1 v1alpha1 v1beta1',
    strict,
  ),
  'apiextensions.k8s.io/CustomResourceDefinition': of('apiextensions.k8s.io', 'v1 v1beta1', strict),
  'apiregistration.k8s.io/APIService': of('apiregistration.k8s.io', 'v1 v1beta1', strict),
  'apps/DaemonSet': of('apps', 'v1'),
  'apps/Deployment': of('apps', 'v1', ofDeployment),
  'apps/ReplicaSet': of('apps', 'v1'),
  'apps/StatefulSet': of('apps', 'v1'),
  'autoscaling/HorizontalPodAutoscaler': of('autoscaling', 'v1 v2 v2beta1 v2beta2'),
  'batch/CronJob': of('batch', 'v1 v1beta1'),
  'batch/Job': of('batch', 'v1'),
  'certificates.k8s.io/CertificateSigningRequest': of('certificates.k8s.io', 'v1 v1beta1', ofSigningRequest),
  'certificates.k8s.io/PodCertificateRequest': of('certificates.k8s.io', 'v1alpha1', { status: spec }),
  'flowcontrol.apiserver.k8s.io/FlowSchema': flowcontrol,
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': flowcontrol,
  'internal.apiserver.k8s.io/StorageVersion': of('internal.apiserver.k8s.io', 'v1alpha1', strict),
  'networking.k8s.io/Ingress': { ...ingress, versions: ['extensions/v1beta1', ...ingress.versions] },
  'networking.k8s.io/ServiceCIDR': of('networking', 'v1 v1beta1'),
  'policy/PodDisruptionBudget': of('policy', 'v1 v1beta1'),
  'resource.k8s.io/DeviceTaintRule': of('resource.k8s.io', 'v1alpha3', strict),
  'resource.k8s.io/ResourceClaim': of('resource.k8s.io', 'v1 v1alpha3 v1beta1 v1beta2', strict),
  'storage.k8s.io/VolumeAttachment': of('storage.k8s.io', 'v1', strict),
  'storagemigration.k8s.io/StorageVersionMigration': of('storagemigration.k8s.io', 'v1beta1', strict),
}

const none: ResetFields = {}

/**
 * The fields that a strategy sets back in a write, so that nobody owns them through it.
 *
 * @param subresource empty for the object itself
 * @returns sets by apiVersion; empty for a kind whose writes change all that they name
 */
export function resetFieldsOf(group: string, kind: string, subresource: string): ResetFields {
  const key = `${group}/${kind}`
  const rule = Object.hasOwn(rules, key) ? rules[key] : undefined
  const fields = rule && Object.hasOwn(rule.fields, subresource) ? rule.fields[subresource] : undefined
  return rule && fields ? Object.fromEntries(rule.versions.map((version) => [version, fields])) : none
}
