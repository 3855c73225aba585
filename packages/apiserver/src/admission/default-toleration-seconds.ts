import type { Pod, Toleration } from '@kube-bonsai/api-types/core/v1'
import { type AdmissionPlugin, isAbout } from './chain.ts'

const seconds = 300

/** Pods stay for five minutes on nodes that are not ready or unreachable, unless they say otherwise. @see plugin/pkg/admission/defaulttolerationseconds */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admit(_context, attributes) {
    if (!isAbout(attributes, '', 'pods') || attributes.subresource !== '') return attributes.object
    const pod = attributes.object as Pod
    const tolerations = pod.spec?.tolerations ?? []
    const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
      (key) => !tolerations.some((entry) => covers(entry, key)),
    )
    if (missing.length === 0 || pod.spec === undefined) return pod
    const added = missing.map(
      (key): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds }),
    )
    return { ...pod, spec: { ...pod.spec, tolerations: [...tolerations, ...added] } }
  },
}

function covers({ key, effect }: Toleration, taint: string): boolean {
  return (key === taint || !key) && (effect === 'NoExecute' || !effect)
}
