import type { Pod } from '@kube-bonsai/api-types/core/v1'
import {
  addOrUpdateTaint,
  formatResources,
  NodeSelectorError,
  nodeSelector,
  parseTaints,
  podRequests,
  preferredNodeAffinity,
  qosClass,
  requiredNodeAffinity,
  TaintError,
  toleratesTaint,
} from '@kube-bonsai/component-helpers'
import { describe, expect, test } from 'vitest'

const pod = (spec: Pod['spec']): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  ...(spec && { spec }),
})
const container = (name: string, cpu: string) => ({ name, image: 'i', resources: { requests: { cpu } } })

describe('what a pod requests', () => {
  test('an init container counts only where it needs more than all containers together', () => {
    const spec = { initContainers: [container('init', '3')], containers: [container('a', '1'), container('b', '1')] }
    expect(formatResources(podRequests(pod(spec)))).toEqual({ cpu: '3' })
  })

  test('a sidecar adds to the containers and to the init containers after it', () => {
    const sidecar = { ...container('proxy', '500m'), restartPolicy: 'Always' }
    const spec = { initContainers: [sidecar, container('init', '2')], containers: [container('a', '1')] }
    expect(formatResources(podRequests(pod(spec)))).toEqual({ cpu: '2500m' })
  })

  test('requests of the pod itself replace those of its containers', () => {
    const spec = { containers: [container('a', '1')], resources: { requests: { cpu: '5' } } }
    expect(formatResources(podRequests(pod(spec)))).toEqual({ cpu: '5' })
  })

  test('a container name that JavaScript knows is only a name', () => {
    const spec = { containers: [container('__proto__', '1'), container('constructor', '1')] }
    expect(formatResources(podRequests(pod(spec), { useStatusResources: true }))).toEqual({ cpu: '2' })
  })

  test('a pod without amounts is BestEffort', () => {
    expect(qosClass(pod({ containers: [{ name: 'a', image: 'i' }] }))).toBe('BestEffort')
  })
})

describe('node affinity', () => {
  const node = { metadata: { name: 'n', labels: { zone: 'a' } } }

  test('a term without requirements matches nothing', () => {
    expect(nodeSelector({ nodeSelectorTerms: [{}] }).matches(node)).toBe(false)
  })

  test('an operator that does not exist is named with its path', () => {
    const selector = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'Near' }] }] }
    expect(() => nodeSelector(selector)).toThrow(NodeSelectorError)
    expect(() => nodeSelector(selector)).toThrow(/^nodeSelectorTerms\[0\].matchExpressions\[0\].operator: /)
  })

  test('a term that cannot be read does not keep another from matching', () => {
    const terms = [
      { matchExpressions: [{ key: 'zone', operator: 'Near' }] },
      { matchExpressions: [{ key: 'zone', operator: 'Exists' }] },
    ]
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } }
    expect(requiredNodeAffinity(pod({ containers: [], affinity })).matches(node)).toBe(true)
  })

  test('weights of the terms that match add up', () => {
    const preference = { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }
    const other = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['m'] }] }
    const terms = [
      { weight: 3, preference },
      { weight: 5, preference },
      { weight: 90, preference: other },
    ]
    expect(preferredNodeAffinity(terms).score(node)).toBe(8)
  })
})

describe('taints', () => {
  test('Gt and Lt need the gate', () => {
    const toleration = { key: 'sla', operator: 'Gt', value: '900' }
    const taint = { key: 'sla', value: '950', effect: 'NoSchedule' }
    expect(toleratesTaint(toleration, taint)).toBe(false)
    expect(toleratesTaint(toleration, taint, { comparisonOperators: true })).toBe(true)
  })

  test('a taint that is there already changes nothing, even where the list holds its key and effect twice', () => {
    const taints = [
      { key: 'k', value: 'v', effect: 'NoSchedule' },
      { key: 'k', effect: 'NoSchedule' },
    ]
    expect(addOrUpdateTaint(taints, { key: 'k', value: '', effect: 'NoSchedule' })).toBe(taints)
  })

  test('specs add and remove', () => {
    expect(parseTaints(['gpu=a100:NoSchedule', 'old-'])).toEqual({
      add: [{ key: 'gpu', value: 'a100', effect: 'NoSchedule' }],
      remove: [{ key: 'old', effect: '' }],
    })
  })

  test('a spec without an effect cannot add', () => {
    expect(() => parseTaints(['gpu'])).toThrow(new TaintError('invalid taint spec: gpu', 'gpu'))
  })
})
