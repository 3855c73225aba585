import type { Node } from '@kube-bonsai/api-types/core/v1'
import { isConflict, isNotFound } from '@kube-bonsai/apimachinery'
import { createWorkQueue, runWorkers } from '@kube-bonsai/client'
import type { Controller } from '../controller.ts'
import { wantedTaints } from './taints.ts'

const name = 'node-lifecycle-controller'

/**
 * Keeps the NoSchedule taints of nodes in step with their conditions: a new node loses `not-ready` once it is ready.
 * @see pkg/controller/nodelifecycle/node_lifecycle_controller.go doNoScheduleTaintingPass
 */
export const nodeLifecycleController: Controller = {
  name,
  start({ client, informers, clock, onError }) {
    const nodes = informers.informer('v1/nodes')
    const queue = createWorkQueue<string>({ clock })
    const enqueue = (node: Node) => {
      if (node.metadata.name && isStale(node)) queue.add(node.metadata.name)
    }
    const unsubscribe = nodes.handle({ onAdd: enqueue, onUpdate: enqueue })
    const sync = async (key: string): Promise<void> => {
      const node = nodes.store.get(key)
      if (node === undefined || !isStale(node)) return
      const taints = wantedTaints(node)
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
    return {
      stop() {
        unsubscribe()
        queue.shutDown()
      },
    }
  },
}

function isStale(node: Node): boolean {
  const present = node.spec?.taints ?? []
  const wanted = wantedTaints(node)
  return wanted.length !== present.length || wanted.some((taint, index) => taint !== present[index])
}
