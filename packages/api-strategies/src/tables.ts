import {
  mutatingAdmissionPolicyTable,
  policyBindingTable,
  validatingAdmissionPolicyTable,
  webhookTable,
} from './admissionregistration/tables.ts'
import { storageVersionTable } from './apiserverinternal/tables.ts'
import * as apps from './apps/tables.ts'
import { horizontalPodAutoscalerTable, scaleTable } from './autoscaling/tables.ts'
import { cronJobTable, jobTable } from './batch/tables.ts'
import * as certificates from './certificates/tables.ts'
import { convertObject } from './conversions.ts'
import { leaseCandidateTable, leaseTable } from './coordination/tables.ts'
import { coreEventTable, eventsTable } from './core/event/tables.ts'
import { nodeTable } from './core/node/table.ts'
import { podTable } from './core/pod/table.ts'
import { serviceTable } from './core/service/table.ts'
import * as core from './core/tables.ts'
import { endpointSliceTable } from './discovery/tables.ts'
import { flowSchemaTable, priorityLevelTable } from './flowcontrol/tables.ts'
import * as networking from './networking/tables.ts'
import { runtimeClassTable } from './node/tables.ts'
import { podDisruptionBudgetTable } from './policy/tables.ts'
import { bindingTable } from './rbac/tables.ts'
import * as resource from './resource/tables.ts'
import { priorityClassTable, workloadTable } from './scheduling/tables.ts'
import * as storage from './storage/tables.ts'
import { storageVersionMigrationTable } from './storagemigration/tables.ts'
import type { TableStrategy } from './strategy.ts'

/** A table that reads objects in one version, whichever they come in. */
const inVersion = (apiVersion: string, table: TableStrategy): TableStrategy => ({
  ...table,
  row: (object, now) => table.row(convertObject(object, apiVersion), now),
})

/** The tables of the kinds that have one, by `kind.group`; kinds of the core group by `kind.`. */
export const tables: Readonly<Record<string, TableStrategy>> = {
  'Pod.': podTable,
  'Node.': nodeTable,
  'Service.': serviceTable,
  'Event.': inVersion('v1', coreEventTable),
  'Event.events.k8s.io': eventsTable,
  'Namespace.': core.namespaceTable,
  'Secret.': core.secretTable,
  'ConfigMap.': core.configMapTable,
  'PodTemplate.': core.podTemplateTable,
  'ReplicationController.': core.replicationControllerTable,
  'Endpoints.': core.endpointsTable,
  'PersistentVolume.': core.persistentVolumeTable,
  'PersistentVolumeClaim.': core.persistentVolumeClaimTable,
  'ResourceQuota.': core.resourceQuotaTable,
  'ServiceAccount.': core.serviceAccountTable,
  'ComponentStatus.': core.componentStatusTable,
  'Deployment.apps': apps.deploymentTable,
  'ReplicaSet.apps': apps.replicaSetTable,
  'StatefulSet.apps': apps.statefulSetTable,
  'DaemonSet.apps': apps.daemonSetTable,
  'ControllerRevision.apps': apps.controllerRevisionTable,
  'Job.batch': jobTable,
  'CronJob.batch': cronJobTable,
  'HorizontalPodAutoscaler.autoscaling': inVersion('autoscaling/v2', horizontalPodAutoscalerTable),
  'Scale.autoscaling': scaleTable,
  'PodDisruptionBudget.policy': podDisruptionBudgetTable,
  'Ingress.networking.k8s.io': networking.ingressTable,
  'IngressClass.networking.k8s.io': networking.ingressClassTable,
  'NetworkPolicy.networking.k8s.io': networking.networkPolicyTable,
  'ServiceCIDR.networking.k8s.io': networking.serviceCIDRTable,
  'IPAddress.networking.k8s.io': networking.ipAddressTable,
  'EndpointSlice.discovery.k8s.io': endpointSliceTable,
  'RoleBinding.rbac.authorization.k8s.io': bindingTable,
  'ClusterRoleBinding.rbac.authorization.k8s.io': bindingTable,
  'StorageClass.storage.k8s.io': storage.storageClassTable,
  'VolumeAttributesClass.storage.k8s.io': storage.volumeAttributesClassTable,
  'CSINode.storage.k8s.io': storage.csiNodeTable,
  'CSIDriver.storage.k8s.io': storage.csiDriverTable,
  'CSIStorageCapacity.storage.k8s.io': storage.csiStorageCapacityTable,
  'VolumeAttachment.storage.k8s.io': storage.volumeAttachmentTable,
  'PriorityClass.scheduling.k8s.io': priorityClassTable,
  'Workload.scheduling.k8s.io': workloadTable,
  'Lease.coordination.k8s.io': leaseTable,
  'LeaseCandidate.coordination.k8s.io': leaseCandidateTable,
  'CertificateSigningRequest.certificates.k8s.io': certificates.certificateSigningRequestTable,
  'ClusterTrustBundle.certificates.k8s.io': certificates.clusterTrustBundleTable,
  'PodCertificateRequest.certificates.k8s.io': certificates.podCertificateRequestTable,
  'RuntimeClass.node.k8s.io': runtimeClassTable,
  'FlowSchema.flowcontrol.apiserver.k8s.io': flowSchemaTable,
  'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io': priorityLevelTable,
  'DeviceClass.resource.k8s.io': resource.plainTable,
  'ResourceClaim.resource.k8s.io': resource.resourceClaimTable,
  'ResourceClaimTemplate.resource.k8s.io': resource.plainTable,
  'ResourceSlice.resource.k8s.io': resource.resourceSliceTable,
  'DeviceTaintRule.resource.k8s.io': resource.deviceTaintRuleTable,
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': webhookTable,
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': webhookTable,
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io': validatingAdmissionPolicyTable,
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io': policyBindingTable,
  'MutatingAdmissionPolicy.admissionregistration.k8s.io': mutatingAdmissionPolicyTable,
  'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io': policyBindingTable,
  'StorageVersionMigration.storagemigration.k8s.io': storageVersionMigrationTable,
  'StorageVersion.internal.apiserver.k8s.io': storageVersionTable,
}
