import type { Unstructured } from '@kube-bonsai/apimachinery'

/** True when the object of an event is the one that was there before, not another under the same name. */
export function sameObject(previous: Unstructured | undefined, object: Unstructured): previous is Unstructured {
  return previous !== undefined && previous.metadata.uid === object.metadata.uid
}
