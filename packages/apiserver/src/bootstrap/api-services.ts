import type { JsonObject } from '@kube-bonsai/apimachinery'
import type { ApiExtension } from '../extensions/extensions.ts'
import type { Catalog } from '../registry/catalog.ts'

/** How groups are ordered in discovery, and the priority of what is no GA version within them. */
const groups: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'resource.k8s.io': 16_200,
  'discovery.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
  'internal.apiserver.k8s.io': 16_000,
  'storagemigration.k8s.io': 15_800,
}

const usual: Readonly<Record<string, number>> = { v2: 30, v1: 15, v1beta2: 15, v1beta1: 9, v1alpha1: 1 }

const unusual: Readonly<Record<string, number>> = {
  '/v1': 1,
  'admissionregistration.k8s.io/v1beta1': 12,
  'admissionregistration.k8s.io/v1alpha1': 9,
  'coordination.k8s.io/v1beta1': 13,
  'coordination.k8s.io/v1alpha2': 12,
  'flowcontrol.apiserver.k8s.io/v1': 21,
  'internal.apiserver.k8s.io/v1alpha1': 9,
  'resource.k8s.io/v1': 21,
  'resource.k8s.io/v1alpha3': 1,
}

/** An APIService of the server's own: its name and spec. */
export interface OwnApiService {
  readonly name: string
  readonly spec: JsonObject
}

/**
 * The APIServices of everything built in that is served. The API of APIServices itself has none.
 * @see pkg/controlplane/apiserver/aggregator.go DefaultGenericAPIServicePriorities, cmd/kube-apiserver/app/aggregator.go
 */
export function ownApiServices(catalog: Catalog): readonly OwnApiService[] {
  return catalog.groups().flatMap(({ group, versions }) => {
    const groupPriorityMinimum = groups[group]
    if (groupPriorityMinimum === undefined) return []
    return versions.map((version) => ({
      name: `${version}.${group}`,
      spec: {
        ...(group !== '' && { group }),
        version,
        groupPriorityMinimum,
        versionPriority: unusual[`${group}/${version}`] ?? usual[version] ?? 9,
      },
    }))
  })
}

/** Those of APIs beside the server's own, after all others. They have no service, because they are served here. */
export function extensionServices(extensions: readonly ApiExtension[]): readonly OwnApiService[] {
  return extensions.map(({ group, version }) => ({
    name: `${version}.${group}`,
    spec: { group, version, groupPriorityMinimum: 100, versionPriority: 100 },
  }))
}
