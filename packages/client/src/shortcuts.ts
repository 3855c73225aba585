import type { ResourceTypes } from '@kube-bonsai/api-types'
import type { ResourceClient } from './client.ts'

/** Namespaced resources that have a method of their own on a client, by the method's name. */
export const namespacedShortcuts = {
  configMaps: 'v1/configmaps',
  endpointSlices: 'discovery.k8s.io/v1/endpointslices',
  events: 'v1/events',
  persistentVolumeClaims: 'v1/persistentvolumeclaims',
  pods: 'v1/pods',
  replicationControllers: 'v1/replicationcontrollers',
  resourceQuotas: 'v1/resourcequotas',
  secrets: 'v1/secrets',
  serviceAccounts: 'v1/serviceaccounts',
  services: 'v1/services',
  controllerRevisions: 'apps/v1/controllerrevisions',
  daemonSets: 'apps/v1/daemonsets',
  deployments: 'apps/v1/deployments',
  replicaSets: 'apps/v1/replicasets',
  statefulSets: 'apps/v1/statefulsets',
  cronJobs: 'batch/v1/cronjobs',
  jobs: 'batch/v1/jobs',
  horizontalPodAutoscalers: 'autoscaling/v2/horizontalpodautoscalers',
  ingresses: 'networking.k8s.io/v1/ingresses',
  networkPolicies: 'networking.k8s.io/v1/networkpolicies',
  podDisruptionBudgets: 'policy/v1/poddisruptionbudgets',
  leases: 'coordination.k8s.io/v1/leases',
  roles: 'rbac.authorization.k8s.io/v1/roles',
  roleBindings: 'rbac.authorization.k8s.io/v1/rolebindings',
  resourceClaims: 'resource.k8s.io/v1/resourceclaims',
} as const

/** The same for cluster-scoped resources. */
export const clusterShortcuts = {
  namespaces: 'v1/namespaces',
  nodes: 'v1/nodes',
  persistentVolumes: 'v1/persistentvolumes',
  storageClasses: 'storage.k8s.io/v1/storageclasses',
  priorityClasses: 'scheduling.k8s.io/v1/priorityclasses',
  clusterRoles: 'rbac.authorization.k8s.io/v1/clusterroles',
  clusterRoleBindings: 'rbac.authorization.k8s.io/v1/clusterrolebindings',
  customResourceDefinitions: 'apiextensions.k8s.io/v1/customresourcedefinitions',
  resourceSlices: 'resource.k8s.io/v1/resourceslices',
} as const

type Namespaced = typeof namespacedShortcuts
type ClusterScoped = typeof clusterShortcuts

/** A method for each: of namespaced resources with a namespace for that one, without for all of them. */
export type Shortcuts = {
  readonly [N in keyof Namespaced]: (namespace?: string) => ResourceClient<ResourceTypes[Namespaced[N]]>
} & {
  readonly [N in keyof ClusterScoped]: () => ResourceClient<ResourceTypes[ClusterScoped[N]]>
}
