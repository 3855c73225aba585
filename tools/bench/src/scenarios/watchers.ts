import { Cluster } from 'kube-bonsai'
import { type Findings, rounded, timed } from '../measure.ts'

/** How fast changes of one resource reach many watchers. */
export async function watchers(count: number, changes = 200): Promise<Findings> {
  const cluster = await Cluster.create({ controllers: false })
  const maps = cluster.client.configMaps('default')
  const { metadata } = await maps.list()
  const follow = async (): Promise<number> => {
    let seen = 0
    for await (const { type } of maps.watch({ resourceVersion: metadata.resourceVersion ?? '' })) {
      if (type === 'ADDED' && ++seen === changes) return seen
    }
    return seen
  }
  const all = Array.from({ length: count }, follow)
  let delivered = 0
  const { ms } = await timed(async () => {
    for (let index = 0; index < changes; index++)
      await maps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `map-${index}` } })
    for (const seen of await Promise.all(all)) delivered += seen
  })
  cluster.close()
  return {
    watchers: count,
    delivered,
    'events per second': rounded((delivered * 1000) / ms),
  }
}
