import { liveHeap } from '../measure.ts'
import { perfNode, perfPod } from './cluster.ts'
import { Bench } from './drive.ts'

/** Live heap of a scheduler that knows that many nodes and running pods, in MiB. */
export function schedulerMemory(nodes: number, pods: number): number {
  const before = liveHeap()
  const { scheduler } = new Bench()
  for (let index = 0; index < nodes; index++) scheduler.nodeChanged(undefined, perfNode(index, ['z-a', 'z-b', 'z-c']))
  for (let index = 0; index < pods; index++) {
    const spec = { nodeName: `scheduler-perf-${index % nodes}` }
    scheduler.podChanged(undefined, perfPod(`run-${index}`, 'default', { labels: { app: `app-${index % 50}` }, spec }))
  }
  const used = (liveHeap() - before) / 2 ** 20
  if (scheduler.cache.nodeCount !== nodes) throw new Error('nodes got lost')
  return used
}
