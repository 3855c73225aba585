import { isNotFound } from '@kube-bonsai/apimachinery'
import { keyOf, namespaceOf, timeOf } from '../api/meta.ts'
import { clientOf, informerOf } from '../api/resources.ts'
import type { Controller } from '../controller.ts'
import { Loop } from '../shell/loop.ts'
import { type Job, jobs } from './types.ts'

const name = 'ttl-after-finished-controller'

/** When a finished Job may be deleted, in milliseconds since the epoch; undefined when it is kept. */
export function expiryOf({ spec, status }: Pick<Job, 'spec' | 'status'>): number | undefined {
  const end = status?.conditions?.find(
    ({ type, status: on }) => (type === 'Complete' || type === 'Failed') && on === 'True',
  )
  const finished = timeOf(end?.lastTransitionTime)
  return finished === 0 || spec.ttlSecondsAfterFinished === undefined
    ? undefined
    : finished + spec.ttlSecondsAfterFinished * 1000
}

/** Deletes finished Jobs when their time is over, whoever finished them. @see pkg/controller/ttlafterfinished */
export const ttlAfterFinishedController: Controller = {
  name,
  start: (context) => {
    const informer = informerOf(context.informers, jobs)
    const sync = async (key: string): Promise<void> => {
      const job = informer.store.get(key)
      const expiry = job === undefined || job.metadata.deletionTimestamp !== undefined ? undefined : expiryOf(job)
      if (job === undefined || expiry === undefined) return
      const left = expiry - context.clock.now()
      if (left > 0) {
        loop.queue.addAfter(key, left)
        return
      }
      try {
        const preconditions = { uid: job.metadata.uid, resourceVersion: job.metadata.resourceVersion }
        const resource = clientOf(context.client, jobs, namespaceOf(job))
        await resource.delete(job.metadata.name, { propagationPolicy: 'Foreground', preconditions })
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
    const loop = new Loop({ name, context, sync })
    const add = (job: Job): void => loop.queue.add(keyOf(job))
    return loop.listen(informer, { onAdd: add, onUpdate: add }).run()
  },
}
