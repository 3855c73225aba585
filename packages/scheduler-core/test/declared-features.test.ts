import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { discoverFeatures } from '@kube-bonsai/component-helpers'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeNode, makePod, setUp } from './helpers.ts'

const feature = 'RestartAllContainersOnContainerExits'
const set = { NodeDeclaredFeatures: true }

function restarting(name: string): Pod {
  const rule = { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [1] } } as const
  return makePod(name, '1', { containers: [{ name: 'main', image: 'app', restartPolicyRules: [rule] }] })
}

function declaring(name: string, ...declaredFeatures: readonly string[]) {
  const node = makeNode(name, '4')
  return { ...node, status: { ...node.status, declaredFeatures } }
}

describe('declared features', () => {
  test('a pod goes where its feature is', () => {
    const { scheduler, drain } = setUp([], { set })
    scheduler.nodeChanged(undefined, declaring('without', 'GuaranteedQoSPodCPUResize'))
    scheduler.nodeChanged(undefined, declaring('with', feature))
    scheduler.podChanged(undefined, restarting('web'))
    expect(drain()).toMatchObject([{ type: 'bind', node: 'with' }])
  })

  test('says what is missing, and comes back when a node declares it', () => {
    const { scheduler, drain } = setUp([], { set })
    const before = declaring('a')
    scheduler.nodeChanged(undefined, before)
    scheduler.podChanged(undefined, restarting('web'))
    const [step] = drain()
    const message = `1 node declared features check failed - unsatisfied requirements: ${feature}`
    expect(step?.type === 'failed' && step.message).toContain(message)
    scheduler.nodeChanged(before, declaring('a', feature))
    expect(scheduler.queue.place('default/web')).toBe('backoff')
  })

  test('do not count while the gate is off', () => {
    const { scheduler, drain } = setUp()
    scheduler.nodeChanged(undefined, declaring('a'))
    scheduler.podChanged(undefined, restarting('web'))
    expect(drain()).toMatchObject([{ type: 'bind', node: 'a' }])
  })

  test('are what the configuration of the kubelet supports, sorted', () => {
    const gates = createFeatureGates()
    expect(discoverFeatures({ gates, cpuManagerPolicy: 'none' })).toEqual(['GuaranteedQoSPodCPUResize'])
    expect(discoverFeatures({ gates, cpuManagerPolicy: 'static' })).toEqual([])
    const all = { enabled: () => true }
    const names = discoverFeatures({ gates: all, cpuManagerPolicy: 'static' })
    expect(names).toEqual([...names].sort())
    expect(names).toContain(feature)
  })

  test('a node passes exactly when it declares all that is needed', () => {
    fc.assert(
      fc.property(fc.subarray([feature, 'Other', 'GuaranteedQoSPodCPUResize']), (declared) => {
        const { scheduler, drain } = setUp([], { set })
        scheduler.nodeChanged(undefined, declaring('a', ...declared))
        scheduler.podChanged(undefined, restarting('web'))
        expect(drain()[0]?.type).toBe(declared.includes(feature) ? 'bind' : 'failed')
      }),
    )
  })
})
