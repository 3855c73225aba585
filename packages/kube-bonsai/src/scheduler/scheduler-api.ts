import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { Stored } from '@kube-bonsai/apimachinery'
import type { Client } from '@kube-bonsai/client'
import type { Clock } from '@kube-bonsai/clock'
import type { SchedulerApi } from '@kube-bonsai/scheduler-core'

/** The writes of the binding cycle, over a client, and its waits. */
export function schedulerApi(client: Client, clock: Clock): SchedulerApi {
  return {
    async bindPod({ metadata: { name = '', namespace = '', uid } }, node) {
      const binding: Binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, ...(uid !== undefined && { uid }) },
        target: { kind: 'Node', name: node },
      } as Binding
      await client.resource('v1/pods').namespace(namespace).createSubresource(name, 'binding', binding)
    },
    updatePersistentVolume: (volume) => client.resource('v1/persistentvolumes').update(volume),
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        clock.schedule(clock.now() + milliseconds, resolve)
      }),
    updatePersistentVolumeClaim: (claim) =>
      client
        .resource('v1/persistentvolumeclaims')
        .namespace(claim.metadata.namespace ?? '')
        .update(claim),
  }
}

/** The body of a binding. */
interface Binding {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Stored<Pod>['metadata']
  readonly target: { readonly kind: string; readonly name: string }
}
