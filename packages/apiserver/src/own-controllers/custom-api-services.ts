import type { CustomResourceDefinition } from '@kube-bonsai/api-types/apiextensions/v1'
import type { KubeObject } from '@kube-bonsai/apimachinery'

const label = 'kube-aggregator.kubernetes.io/automanaged'

/**
 * What is to be made and unmade so that every served version of custom resources of a group has its APIService.
 * Those that somebody else made stay.
 *
 * @see pkg/controlplane/controller/crdregistration
 */
export function customApiServices(
  group: string,
  definitions: readonly CustomResourceDefinition[],
  existing: readonly KubeObject[],
): { readonly missing: readonly KubeObject[]; readonly stale: readonly string[] } {
  const versions = new Set(
    definitions
      .filter(({ spec }) => spec.group === group)
      .flatMap(({ spec }) => spec.versions.filter(({ served }) => served).map(({ name }) => name)),
  )
  const wanted = new Set([...versions].map((version) => `${version}.${group}`))
  const known = new Set(existing.map(({ metadata }) => metadata.name))
  return {
    missing: [...versions]
      .filter((version) => !known.has(`${version}.${group}`))
      .map((version) => made(group, version)),
    stale: existing
      .filter(({ metadata }) => metadata.labels?.[label] === 'true' && metadata.name?.endsWith(`.${group}`))
      .map(({ metadata }) => metadata.name ?? '')
      .filter((name) => name.slice(name.indexOf('.') + 1) === group && !wanted.has(name)),
  }
}

function made(group: string, version: string): KubeObject {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}`, labels: { [label]: 'true' } },
    spec: { group, version, groupPriorityMinimum: 1000, versionPriority: 100 },
  } as KubeObject
}
