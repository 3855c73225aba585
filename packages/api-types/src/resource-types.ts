import type { KubeObject } from '@kube-bonsai/apimachinery'

/** The type of every built-in resource by `version/resource` or `group/version/resource`. */
export interface ResourceTypes {
  'v1/pods': KubeObject
}
