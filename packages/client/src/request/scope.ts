import type { GroupVersionResource } from '@kube-bonsai/apimachinery'

// Resources of v1.35 that have no namespace, by group; the same in every version of the group.
const clusterScoped: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['', new Set(['componentstatuses', 'namespaces', 'nodes', 'persistentvolumes'])],
  [
    'admissionregistration.k8s.io',
    new Set([
      'mutatingadmissionpolicies',
      'mutatingadmissionpolicybindings',
      'mutatingwebhookconfigurations',
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
      'validatingwebhookconfigurations',
    ]),
  ],
  ['apiextensions.k8s.io', new Set(['customresourcedefinitions'])],
  ['apiregistration.k8s.io', new Set(['apiservices'])],
  ['authentication.k8s.io', new Set(['selfsubjectreviews', 'tokenreviews'])],
  ['authorization.k8s.io', new Set(['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'subjectaccessreviews'])],
  ['certificates.k8s.io', new Set(['certificatesigningrequests', 'clustertrustbundles'])],
  ['flowcontrol.apiserver.k8s.io', new Set(['flowschemas', 'prioritylevelconfigurations'])],
  ['internal.apiserver.k8s.io', new Set(['storageversions'])],
  ['networking.k8s.io', new Set(['ingressclasses', 'ipaddresses', 'servicecidrs'])],
  ['node.k8s.io', new Set(['runtimeclasses'])],
  ['rbac.authorization.k8s.io', new Set(['clusterrolebindings', 'clusterroles'])],
  ['resource.k8s.io', new Set(['deviceclasses', 'devicetaintrules', 'resourceslices'])],
  ['scheduling.k8s.io', new Set(['priorityclasses'])],
  [
    'storage.k8s.io',
    new Set(['csidrivers', 'csinodes', 'storageclasses', 'volumeattachments', 'volumeattributesclasses']),
  ],
  ['storagemigration.k8s.io', new Set(['storageversionmigrations'])],
])

/** Says whether a built-in resource lives in namespaces. */
export function isNamespaced({ group, resource }: GroupVersionResource): boolean {
  return clusterScoped.get(group)?.has(resource) !== true
}
