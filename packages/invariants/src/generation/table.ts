import type { Unstructured } from '@kube-bonsai/apimachinery'

/** The part of an object whose change is a new generation. */
export type SpecOf = (object: Unstructured) => unknown

const spec: SpecOf = (object) => object.spec

const outsideMetadata: SpecOf = ({ apiVersion: _, kind: __, metadata: ___, ...rest }) => rest

/** Webhook configurations and other kinds without a `spec` count everything beside metadata. */
const body = outsideMetadata

/**
 * How each kind of v1.35 that counts generations does so, by group and kind. Built-in kinds that are not here keep no
 * generation.
 *
 * @see the `strategy.go` of each resource below pkg/registry
 */
export const generationTable: ReadonlyMap<string, SpecOf> = new Map<string, SpecOf>([
  ['/Pod', spec],
  ['/PodTemplate', (object) => object.template],
  ['/ReplicationController', spec],
  ['admissionregistration.k8s.io/MutatingAdmissionPolicy', spec],
  ['admissionregistration.k8s.io/MutatingAdmissionPolicyBinding', spec],
  ['admissionregistration.k8s.io/MutatingWebhookConfiguration', body],
  ['admissionregistration.k8s.io/ValidatingAdmissionPolicy', spec],
  ['admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding', spec],
  ['admissionregistration.k8s.io/ValidatingWebhookConfiguration', body],
  ['apiextensions.k8s.io/CustomResourceDefinition', spec],
  ['apps/DaemonSet', spec],
  ['apps/Deployment', spec],
  ['apps/ReplicaSet', spec],
  ['apps/StatefulSet', spec],
  ['batch/CronJob', spec],
  ['batch/Job', spec],
  [
    'discovery.k8s.io/EndpointSlice',
    (object) => ({ ...Object(outsideMetadata(object)), labels: object.metadata.labels ?? {} }),
  ],
  ['flowcontrol.apiserver.k8s.io/FlowSchema', spec],
  ['flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration', spec],
  ['networking.k8s.io/Ingress', spec],
  ['networking.k8s.io/IngressClass', spec],
  ['networking.k8s.io/NetworkPolicy', spec],
  ['policy/PodDisruptionBudget', spec],
  ['resource.k8s.io/DeviceClass', spec],
  ['resource.k8s.io/DeviceTaintRule', spec],
  ['resource.k8s.io/ResourceSlice', spec],
  ['storage.k8s.io/CSIDriver', spec],
])
