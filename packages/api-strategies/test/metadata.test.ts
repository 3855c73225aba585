import type { KubeObject } from '@kube-bonsai/apimachinery'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { describe, expect, it } from 'vitest'
import {
  newMetadataErrors,
  type Strategy,
  type StrategyContext,
  strategyFor,
  updatedMetadataErrors,
} from '../src/index.ts'

const context: StrategyContext = {
  gates: createFeatureGates(),
  now: '2026-01-01T00:00:00Z',
  user: { name: 'u', groups: [] },
  warn: () => undefined,
}
const rulesOf = (group: string, kind: string): Strategy => {
  const strategy = strategyFor(group, kind)
  if (strategy === undefined) throw new Error(`there is no ${kind}`)
  return strategy
}
const object = (metadata: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'K',
  metadata: { name: 'a', namespace: 'n', uid: 'u', resourceVersion: '1', ...metadata },
})
const old = object({})

/** How often an update names one fault, as the real v1.35.4 answered it. */
const updates: readonly (readonly [
  group: string,
  kind: string,
  subresource: string,
  finalizer: number,
  label: number,
])[] = [
  ['', 'ConfigMap', '', 2, 4],
  ['', 'Service', '', 1, 3],
  ['', 'PersistentVolume', 'status', 1, 3],
  ['apps', 'Deployment', '', 1, 3],
  ['batch', 'CronJob', 'status', 0, 2],
  ['coordination.k8s.io', 'Lease', '', 0, 3],
  ['node.k8s.io', 'RuntimeClass', '', 0, 4],
  ['policy', 'PodDisruptionBudget', '', 0, 2],
  ['admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', '', 0, 3],
]

describe('metadata', () => {
  it.each(updates)(
    '%s %s %s: an update names a fault as often as its rules look',
    (group, kind, subresource, finalizer, label) => {
      const rules = rulesOf(group, kind)
      const scoped = (given: KubeObject): KubeObject => {
        const { namespace: _, ...metadata } = given.metadata
        return rules.namespaced ? given : { ...given, metadata }
      }
      const faults = (metadata: object) =>
        updatedMetadataErrors(scoped(object(metadata)), scoped(old), rules, subresource, context).length
      expect(faults({ finalizers: ['mine'] })).toBe(finalizer)
      // A bad label is looked at as key and as value elsewhere: here one fault.
      expect(faults({ labels: { 'a b': 'c' } })).toBe(label)
      expect(faults({ finalizers: ['example.com/mine', 'kubernetes'] })).toBe(0)
    },
  )

  it('minds finalizers without a domain, but not where the kind has no rule for them', () => {
    const made = object({ finalizers: ['mine'] })
    expect(newMetadataErrors(made, rulesOf('', 'ConfigMap'), context).map(({ field }) => field)).toEqual([
      'metadata.finalizers[0]',
    ])
    expect(newMetadataErrors(made, rulesOf('coordination.k8s.io', 'Lease'), context)).toEqual([])
  })

  it('checks the prefix of a generated name, but not of kinds that look at the outcome only', () => {
    const made = object({ generateName: 'Prefix-' })
    expect(newMetadataErrors(made, rulesOf('', 'ConfigMap'), context)).toHaveLength(1)
    expect(newMetadataErrors(made, rulesOf('', 'ReplicationController'), context)).toEqual([])
  })
})
