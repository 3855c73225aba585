import type { Node } from '@kube-bonsai/api-types/core/v1'
import { isConflict, isNotFound } from '@kube-bonsai/apimachinery'
import { createWorkQueue, runWorkers } from '@kube-bonsai/client'
import { timeText } from '../api/meta.ts'
import type { Controller } from '../controller.ts'
import { HealthMonitor } from './health-monitor.ts'
import { wantedTaints } from './taints.ts'

const name = 'node-lifecycle-controller'

/**
 * Keeps the NoSchedule taints of nodes in step with their conditions, and watches over their heartbeats: a node that is
 * silent for 50 seconds is not ready any more, and its pods are driven away by a NoExecute taint.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/controller/nodelifecycle/node_lifecycle_controller.go
 */
export const nodeLifecycleController: Controller = {
  name,
  start(context) {
    const { client, informers, clock, onError } = context
    const nodes = informers.informer('v1/nodes')
    const queue = createWorkQueue<string>({ clock })
    const enqueue = (node: Node) => {
      if (node.metadata.name && isStale(node)) queue.add(node.metadata.name)
    }
    const unsubscribe = nodes.handle({ onAdd: enqueue, onUpdate: enqueue })
    const sync = async (key: string): Promise<void> => {
      const node = nodes.store.get(key)
      if (node === undefined || !isStale(node)) return
      const timeAdded = timeText(clock.now())
      const before = node.spec?.taints ?? []
      const taints = wantedTaints(node).map((taint) => (before.includes(taint) ? taint : { ...taint, timeAdded }))
      try {
        await client.nodes().update({ ...node, spec: { ...node.spec, taints } })
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
    const report = (key: string, error: unknown) => {
      if (!isConflict(error)) onError?.(name, key, error)
    }
    runWorkers(queue, 1, sync, { onError: report })
    const monitor = new HealthMonitor(name, context)
    return {
      stop() {
        unsubscribe()
        queue.shutDown()
        monitor.stop()
      },
    }
  },
}

function isStale(node: Node): boolean {
  const present = node.spec?.taints ?? []
  const wanted = wantedTaints(node)
  return wanted.length !== present.length || wanted.some((taint, index) => taint !== present[index])
}
