import { Cluster } from 'kube-bonsai'
import { type Findings, liveHeap, rounded, timed } from '../measure.ts'

const podsPerNode = 30
const day = 24

/** A simulated day of so many nodes with thirty running pods each, an hour of more than a hundred: heartbeats, and nothing else to do. */
export async function runningNodes(nodes: number): Promise<Findings> {
  const empty = liveHeap()
  const cluster = await Cluster.create({ nodes, recordEvents: false })
  const pods = nodes * podsPerNode
  await cluster.client.deployments('default').create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'idle', namespace: 'default' },
    spec: {
      replicas: pods,
      selector: { matchLabels: { app: 'idle' } },
      template: {
        metadata: { labels: { app: 'idle' } },
        spec: { containers: [{ name: 'app', image: 'registry.k8s.io/pause:3.10' }] },
      },
    },
  })
  const started = performance.now()
  await cluster.settle()
  const startUp = performance.now() - started
  const running = (await cluster.client.pods().list()).items.filter(({ status }) => status?.phase === 'Running').length
  if (running !== pods) throw new Error(`${running} of ${pods} pods run`)
  const settledHeap = liveHeap()
  const hours = nodes > 100 ? 1 : day
  const { ms, heap } = await timed(() => cluster.advance(`${hours}h`))
  cluster.close()
  return {
    nodes,
    pods,
    'pods/s until all run': rounded((pods * 1000) / startUp),
    'kB per pod': rounded((settledHeap - empty) / pods / 1024),
    hours,
    'simulated seconds per second': rounded((hours * 3600 * 1000) / ms),
    'MiB more afterwards': rounded(heap / 2 ** 20),
  }
}
