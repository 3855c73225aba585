import { schemeData } from '../generated/scheme-data.ts'
import type { ResourceInfo, Scheme } from '../scheme.ts'
import { loadAllTypes, loadedTypes, loadTypes } from '../tables/type-registry.ts'
import { expandGroups, expandResources } from './expand.ts'
import { findResource } from './find.ts'

const resources = expandResources(schemeData)
const byResource = new Map<string, ResourceInfo>()
const byKind = new Map<string, ResourceInfo>()
for (const info of resources) {
  byResource.set(`${info.group}/${info.version}/${info.resource}`, info)
  byKind.set(`${info.group}/${info.version}/${info.kind}`, info)
}

/**
 * Every built-in resource of Kubernetes v1.35.4, as its discovery lists them with all group versions turned on.
 *
 * Reading it costs nothing more than this import; the types behind the kinds load with `scheme.load(group, version)`.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
export const scheme: Scheme = {
  resources,
  groups: expandGroups(schemeData),
  byResource: (gvr) => byResource.get(`${gvr.group}/${gvr.version}/${gvr.resource}`),
  byKind: (gvk) => byKind.get(`${gvk.group}/${gvk.version}/${gvk.kind}`),
  find: (word) => findResource(resources, word),
  load: loadTypes,
  loadAll: loadAllTypes,
  loaded: loadedTypes,
}
