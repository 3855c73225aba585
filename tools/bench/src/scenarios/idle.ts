import { Cluster } from 'kube-bonsai'
import { type Findings, rounded, timed } from '../measure.ts'

/** What an hour of virtual time costs in which nothing happens but heartbeats. */
export async function idle(nodes: number): Promise<Findings> {
  const cluster = await Cluster.create({ nodes })
  await cluster.settle()
  await cluster.advance('10m')
  const { ms, heap } = await timed(() => cluster.advance('1h'))
  cluster.close()
  return {
    nodes,
    'ms per node and hour': rounded(ms / nodes),
    'heap kB per node and hour': rounded(heap / nodes / 1024),
  }
}
