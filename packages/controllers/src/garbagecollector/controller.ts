import type { Controller } from '../controller.ts'
import type { DeletableResource } from '../discovery/resources.ts'
import { collectorName, GarbageCollector } from './collector.ts'

/**
 * Deletes what has lost its owners, in the background, in the foreground, or leaves it as an orphan.
 *
 * @param resources what the server serves
 */
export function garbageCollector(resources: () => readonly DeletableResource[]): Controller {
  return { name: collectorName, start: (context) => new GarbageCollector(context, resources()) }
}
