import type { Node, Taint } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wantedTaints } from '../src/nodelifecycle/taints.ts'
import { TestCluster } from './support/cluster.ts'

const prefix = 'node.kubernetes.io/'
const node = (states: Readonly<Record<string, string>>, taints: readonly Taint[], unschedulable = false): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n' },
  spec: { taints, unschedulable },
  status: { conditions: Object.entries(states).map(([type, status]) => ({ type, status })) },
})
const noSchedule = (key: string): Taint => ({ key: prefix + key, effect: 'NoSchedule' })

describe('the taints of a node', () => {
  it('follow its conditions', () => {
    expect(wantedTaints(node({ Ready: 'True' }, [noSchedule('not-ready')]))).toEqual([])
    expect(wantedTaints(node({ Ready: 'False' }, []))).toEqual([noSchedule('not-ready')])
    expect(wantedTaints(node({ Ready: 'Unknown' }, [noSchedule('not-ready')]))).toEqual([noSchedule('unreachable')])
    const pressed = node({ Ready: 'True', MemoryPressure: 'True', DiskPressure: 'False' }, [], true)
    expect(wantedTaints(pressed)).toEqual([noSchedule('memory-pressure'), noSchedule('unschedulable')])
  })

  it('stay as admission set them until the node reports', () => {
    const present = [noSchedule('not-ready')]
    expect(wantedTaints(node({}, present))).toBe(present)
  })

  it('never change a second time, and foreign ones always stay in order', () => {
    const state = fc.constantFrom('True', 'False', 'Unknown')
    const types = ['Ready', 'MemoryPressure', 'DiskPressure', 'NetworkUnavailable', 'PIDPressure', 'Other']
    const states = fc.dictionary(fc.constantFrom(...types), state)
    const own = fc.constantFrom('not-ready', 'unreachable', 'disk-pressure', 'unschedulable').map(noSchedule)
    const foreign = fc.record({
      key: fc.constantFrom('team', 'gpu', `${prefix}not-ready`),
      effect: fc.constantFrom('NoExecute', 'PreferNoSchedule'),
    })
    const taints = fc.uniqueArray(fc.oneof(own, foreign), { selector: ({ key, effect }) => `${key}:${effect}` })
    fc.assert(
      fc.property(states, taints, fc.boolean(), (conditions, present, unschedulable) => {
        const wanted = wantedTaints(node(conditions, present, unschedulable))
        expect(wantedTaints(node(conditions, wanted, unschedulable))).toBe(wanted)
        const others = (all: readonly Taint[]) => all.filter(({ effect }) => effect !== 'NoSchedule')
        expect(others(wanted)).toEqual(others(present))
      }),
    )
  })
})

it('the node lifecycle controller takes the taint from a node that becomes ready, and puts it back', async () => {
  const cluster = new TestCluster({ controllers: ['node-lifecycle-controller'] })
  const client = cluster.client.nodes()
  const taints = [{ key: 'team', value: 'a', effect: 'NoExecute' }, noSchedule('not-ready')]
  await client.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: { taints } })
  await cluster.clock.advance(1000)
  expect((await client.get('n')).spec?.taints).toHaveLength(2)
  const report = async (status: string) => {
    await client.updateStatus({ ...(await client.get('n')), status: { conditions: [{ type: 'Ready', status }] } })
    await cluster.clock.advance(1000)
    return (await client.get('n')).spec?.taints?.map(({ key }) => key)
  }
  expect(await report('True')).toEqual(['team'])
  expect(await report('Unknown')).toEqual(['team', `${prefix}unreachable`])
  expect(cluster.errors).toEqual([])
})
