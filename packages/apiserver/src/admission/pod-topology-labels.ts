import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { type AdmissionPlugin, createsPod, lookUp } from './chain.ts'

const keys = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

/** Pods that are made on a node take its zone and region as labels; those that are bound later get them then (KEP-4742). @see plugin/pkg/admission/podtopologylabels */
export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  async admit({ server }, attributes) {
    const pod = attributes.object as Pod
    if (!createsPod(attributes) || !pod.spec?.nodeName) return pod
    if (!server.gates.enabled('PodTopologyLabelsAdmission')) return pod
    const labels = (await lookUp(server, 'core/nodes', pod.spec.nodeName))?.metadata.labels ?? {}
    const found = keys.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]] as const]))
    if (found.length === 0) return pod
    const metadata = { ...pod.metadata, labels: { ...pod.metadata.labels, ...Object.fromEntries(found) } }
    return { ...pod, metadata }
  },
}
