import type { Pod, PodSpec, Toleration } from '@kube-bonsai/api-types/core/v1'
import type { RuntimeClass } from '@kube-bonsai/api-types/node/v1'
import { deepEqual, newForbidden } from '@kube-bonsai/apimachinery'
import { type AdmissionPlugin, type Attributes, createsPod, lookUp } from './chain.ts'

/** Pods take overhead, node selector and tolerations from their runtime class. @see plugin/pkg/admission/runtimeclass/admission.go */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  async admit(context, attributes) {
    if (!createsPod(attributes)) return attributes.object
    const pod = attributes.object as Pod
    const wanted = pod.spec?.runtimeClassName ?? ''
    if (wanted === '' || pod.spec === undefined) return pod
    const found = (await lookUp(context.server, 'node.k8s.io/runtimeclasses', wanted)) as RuntimeClass | undefined
    if (found === undefined) throw refuse(attributes, `pod rejected: RuntimeClass ${JSON.stringify(wanted)} not found`)
    return { ...pod, spec: withScheduling(attributes, withOverhead(attributes, pod.spec, found), found) }
  },
  validate(_context, attributes) {
    if (!createsPod(attributes)) return
    const { spec } = attributes.object as Pod
    if (spec?.runtimeClassName || spec?.overhead === undefined) return
    throw refuse(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
  },
}

function withOverhead(attributes: Attributes, spec: PodSpec, { overhead }: RuntimeClass): PodSpec {
  const fixed = overhead?.podFixed
  if (fixed === undefined) return spec
  if (spec.overhead !== undefined && !deepEqual(spec.overhead, fixed)) {
    throw refuse(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
  }
  return { ...spec, overhead: fixed }
}

function withScheduling(attributes: Attributes, spec: PodSpec, { scheduling }: RuntimeClass): PodSpec {
  if (scheduling === undefined) return spec
  const selector = new Map(Object.entries(spec.nodeSelector ?? {}))
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {})) {
    const own = selector.get(key)
    if (own !== undefined && own !== value) {
      const text = `runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`
      throw refuse(attributes, `conflict: ${text}`)
    }
    selector.set(key, value)
  }
  const own = spec.tolerations ?? []
  const added = (scheduling.tolerations ?? []).filter((entry) => !own.some((other) => sameToleration(other, entry)))
  return {
    ...spec,
    ...(selector.size > 0 && { nodeSelector: Object.fromEntries(selector) }),
    ...(own.length + added.length > 0 && { tolerations: [...own, ...added] }),
  }
}

function sameToleration(left: Toleration, right: Toleration): boolean {
  return deepEqual({ operator: 'Equal', ...left }, { operator: 'Equal', ...right })
}

function refuse({ name }: Attributes, why: string): Error {
  return newForbidden({ group: '', resource: 'pods' }, name, why)
}
