import { Cluster } from 'kube-bonsai'
import { type Findings, rounded, timed } from '../measure.ts'

/** What it costs to create ConfigMaps one after the other, in process. */
export async function writes(count: number): Promise<Findings> {
  const cluster = await Cluster.create()
  const maps = cluster.client.configMaps('default')
  const create = async (prefix: string, total: number): Promise<void> => {
    for (let index = 0; index < total; index++)
      await maps.create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `${prefix}-${index}` },
        data: { index: `${index}` },
      })
  }
  await create('warm', 1000)
  const { ms, heap } = await timed(() => create('map', count))
  cluster.close()
  return { count, 'µs each': rounded((ms * 1000) / count), 'heap bytes each': rounded(heap / count) }
}
