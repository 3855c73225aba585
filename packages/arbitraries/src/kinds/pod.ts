import type { Pod, PodSpec, PodTemplateSpec } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { arbitraryMetadata, type IdentityOptions } from '../values/metadata.ts'
import { arbitraryLabels } from '../values/names.ts'
import { arbitraryContainers } from './containers.ts'

/** What a pod's spec may be. */
export interface PodSpecOptions {
  /** All three unless given; workloads that keep pods running take `Always` only, jobs the other two. */
  readonly restartPolicy?: readonly ('Always' | 'OnFailure' | 'Never')[]
}

const tolerations = fc.array(
  fc.constantFrom(
    { operator: 'Exists' },
    { key: 'gpu', operator: 'Equal', value: 'a100', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  ),
  { maxLength: 2 },
)

/** A pod's spec that the API accepts. */
export function arbitraryPodSpec({
  restartPolicy = ['Always', 'OnFailure', 'Never'],
}: PodSpecOptions = {}): fc.Arbitrary<PodSpec> {
  return fc.record(
    {
      containers: arbitraryContainers(),
      restartPolicy: fc.constantFrom(...restartPolicy),
      terminationGracePeriodSeconds: fc.integer({ min: 0, max: 600 }),
      nodeSelector: arbitraryLabels(2),
      tolerations,
      serviceAccountName: fc.constantFrom('default', 'robot'),
    },
    { requiredKeys: ['containers', 'restartPolicy'], noNullPrototype: true },
  )
}

/** Pods that the API accepts as a client sends them: no status, nothing that a server sets. */
export function arbitraryPod(options: IdentityOptions & PodSpecOptions = {}): fc.Arbitrary<Pod> {
  return fc
    .tuple(arbitraryMetadata(true, options), arbitraryPodSpec(options))
    .map(([metadata, spec]) => ({ apiVersion: 'v1', kind: 'Pod', metadata, spec }))
}

/** A pod template with at least the labels that its selector asks for. */
export function arbitraryPodTemplate(
  labels: Readonly<Record<string, string>>,
  options: PodSpecOptions,
): fc.Arbitrary<PodTemplateSpec> {
  return fc.tuple(arbitraryLabels(), arbitraryPodSpec(options)).map(([more, spec]) => ({
    metadata: { labels: { ...more, ...labels } },
    spec,
  }))
}
