import type { Pod } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { declarableFeatures, discoverFeatures, featuresToSchedule, featuresToUpdate } from '../src/index.ts'

function pod(cpu: string, extra: Partial<Pod['spec']> = {}, status: Pod['status'] = { qosClass: 'Guaranteed' }): Pod {
  const containers = [{ name: 'main', image: 'app', resources: { requests: { cpu } } }]
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers, ...extra }, status }
}

describe('features that nodes declare', () => {
  test('a change of cpu of a guaranteed pod needs one, a change of memory does not', () => {
    expect(featuresToUpdate(pod('1'), pod('2'))).toEqual(['GuaranteedQoSPodCPUResize'])
    expect(featuresToUpdate(pod('1'), pod('1000m'))).toEqual([])
    expect(featuresToUpdate(pod('1', {}, { qosClass: 'Burstable' }), pod('2'))).toEqual([])
  })

  test('so does a change of what the pod as a whole asks for', () => {
    const whole = { resources: { requests: { memory: '1Gi' } } }
    expect(featuresToUpdate(pod('1'), pod('1', whole))).toEqual(['InPlacePodLevelResourcesVerticalScaling'])
  })

  test('pods need the feature of their restart rules, also those of init containers', () => {
    const rule = { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [1] } } as const
    const initContainers = [{ name: 'init', image: 'app', restartPolicyRules: [rule] }]
    expect(featuresToSchedule(pod('1', { initContainers }))).toEqual(['RestartAllContainersOnContainerExits'])
    expect(featuresToSchedule(pod('1'))).toEqual([])
  })

  test('are always sorted, unique, and only what the configuration supports', () => {
    const names = declarableFeatures.map(({ name }) => name)
    const gates = ['InPlacePodVerticalScalingExclusiveCPUs', ...names]
    fc.assert(
      fc.property(fc.subarray(gates), fc.constantFrom('none', 'static'), (on, cpuManagerPolicy) => {
        const found = discoverFeatures({ gates: { enabled: (name) => on.includes(name) }, cpuManagerPolicy })
        expect(found).toEqual([...new Set(found)].sort())
        for (const name of found) {
          const cpu = name === 'GuaranteedQoSPodCPUResize'
          const exclusive = cpuManagerPolicy === 'none' || on.includes('InPlacePodVerticalScalingExclusiveCPUs')
          expect(cpu ? exclusive : on.includes(name)).toBe(true)
        }
      }),
    )
  })
})
