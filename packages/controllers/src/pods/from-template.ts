import type { OwnerReference, Stored } from '@kube-bonsai/apimachinery'
import type { PodDraft, PodTemplateSpec } from '../api/pod.ts'

/** A pod as a template describes it, owned by `owner`; its name begins with the parent's. */
export function podFromTemplate(template: PodTemplateSpec, parent: Stored<unknown>, owner: OwnerReference): PodDraft {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${parent.metadata.name}-`,
      ...(parent.metadata.namespace === undefined ? {} : { namespace: parent.metadata.namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [owner],
    },
    spec: template.spec,
  }
}
