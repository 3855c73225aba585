import { Cluster } from 'kube-bonsai'
import { type Findings, rounded, timed } from '../measure.ts'

/** What it costs to bring up the pods of one Deployment on many nodes, from its creation until all run. */
export async function pods(count: number, nodes = 1000): Promise<Findings> {
  let cluster: Cluster | undefined
  const made = await timed(async () => {
    cluster = await Cluster.create({ nodes })
    await cluster.settle()
  })
  if (cluster === undefined) throw new Error('there is no cluster')
  const { client, clock } = cluster
  const begin = clock.now()
  const brought = await timed(async () => {
    const labels = { app: 'load' }
    await client.deployments('default').create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'load' },
      spec: {
        replicas: count,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app:1' }] } },
      },
    })
    await cluster?.settle()
  })
  const running = (await client.pods('default').list()).items.filter((pod) => pod.status?.phase === 'Running').length
  if (running !== count) throw new Error(`${running} of ${count} pods run`)
  const revisions = cluster.events().length
  const virtual = clock.now() - begin
  cluster.close()
  return {
    nodes,
    pods: count,
    'ms per node': rounded(made.ms / nodes),
    'ms per pod': rounded(brought.ms / count),
    'heap kB per pod': rounded(brought.heap / count / 1024),
    'virtual s': rounded(virtual / 1000),
    changes: revisions,
  }
}
