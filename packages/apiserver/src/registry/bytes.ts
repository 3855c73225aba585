import type { KubeObject } from '@kube-bonsai/apimachinery'

/**
 * Objects in the store that upstream would not find in etcd as they are: defaults filled in, when they were read, what their
 * strategy had left out. The next write of such an object stores it even if it changes nothing.
 */
const incomplete = new WeakSet<KubeObject>()

/** Notes that an object in the store has more than upstream's bytes would have. */
export function markIncomplete(object: KubeObject): KubeObject {
  incomplete.add(object)
  return object
}

/** Whether writing an object as it is would change upstream's bytes. */
export function isIncomplete(object: KubeObject): boolean {
  return incomplete.has(object)
}
