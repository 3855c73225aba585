import { scheme } from '@kube-bonsai/api-types'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Cluster } from '../cluster/cluster.ts'

/** One `v1` List of every object in the cluster, by resource, namespace and name, as text. */
export async function allObjects(cluster: Cluster, format: 'json' | 'yaml' | 'kyaml'): Promise<string> {
  const items: KubeObject[] = []
  const seen = new Set<string>()
  for (const info of scheme.resources) {
    const served =
      scheme.groups.find((group) => group.group === info.group)?.servedByDefault.includes(info.version) ?? false
    // Events are stored once and served by two groups; each resource is asked for by its preferred version only.
    const key = info.resource === 'events' ? 'events' : `${info.group}/${info.resource}`
    if (!served || !info.verbs.includes('list') || seen.has(key)) continue
    seen.add(key)
    items.push(...(await cluster.client.dynamic(info).list()).items)
  }
  const list = { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items }
  if (format === 'json') return `${JSON.stringify(list, null, 4)}\n`
  const { encodeKyaml, encodeYaml } = await import('@kube-bonsai/kyaml')
  return format === 'yaml' ? encodeYaml(list) : `---\n${encodeKyaml(list)}`
}
