import type { Node } from '@kube-bonsai/api-types/core/v1'
import { describe, expect, it } from 'vitest'
import { pods } from '../../src/api/known.ts'
import { newPodCondition } from '../../src/conditions/pod-condition.ts'
import { TestCluster, template } from '../support/cluster.ts'

/** A cluster with a pod on a node, its spec changed so that its generation is 3; and the statuses that were written. */
async function start(controller: string, nodes: readonly string[]) {
  const cluster = new TestCluster({ controllers: [controller], ready: () => false })
  for (const name of nodes) await cluster.client.nodes().create({ apiVersion: 'v1', kind: 'Node', metadata: { name } })
  const metadata = { name: 'p', namespace: 'default' }
  const spec = { ...template().spec, nodeName: 'node-1' }
  await cluster.of(pods).create({ apiVersion: 'v1', kind: 'Pod', metadata, spec })
  for (const activeDeadlineSeconds of [20, 10])
    await cluster.of(pods).patch('p', 'merge', { spec: { activeDeadlineSeconds } })
  const written: unknown[] = []
  cluster.api.refuse = ({ method, path, body }) => {
    if (method === 'PATCH' && path.endsWith('/pods/p/status')) written.push(body)
  }
  return { cluster, written, uid: cluster.pods()[0]?.metadata.uid }
}

describe('Pod generation and observedGeneration (KEP-5067)', () => {
  it('rule 10: pod garbage collection writes the generation that it saw, in the status and in its condition', async () => {
    const { cluster, written, uid } = await start('pod-garbage-collector-controller', [])
    await cluster.clock.advance(90_000)
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
      observedGeneration: 3,
      lastTransitionTime: expect.any(String),
    }
    expect(written).toEqual([
      { metadata: { uid }, status: { phase: 'Failed', observedGeneration: 3, conditions: [condition] } },
    ])
    expect(cluster.pods()).toEqual([])
    expect(cluster.errors).toEqual([])
  })

  it('rule 10: taint eviction writes the generation that it saw into its condition only', async () => {
    const { cluster, written, uid } = await start('taint-eviction-controller', ['node-1'])
    await cluster.clock.advance(2000)
    const node = await cluster.client.nodes().get('node-1')
    const tainted: Node = { ...node, spec: { taints: [{ key: 'gone', effect: 'NoExecute' }] } }
    await cluster.client.nodes().update(tainted)
    await cluster.clock.advance(1000)
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      observedGeneration: 3,
      lastTransitionTime: expect.any(String),
    }
    expect(written).toEqual([{ metadata: { uid }, status: { conditions: [condition] } }])
    expect(cluster.errors).toEqual([])
  })

  it('rule 10: what a condition says already is not written again for a new generation alone', () => {
    const condition = { type: 'DisruptionTarget', status: 'True', reason: 'R', message: 'm' } as const
    const lastTransitionTime = '2026-01-01T00:00:00Z'
    const pod = (generation: number, ...conditions: readonly object[]) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '', generation },
      spec: { containers: [] },
      status: { conditions: conditions as [] },
    })
    expect(newPodCondition(pod(2), condition, 0)).toEqual({
      ...condition,
      observedGeneration: 2,
      lastTransitionTime: '1970-01-01T00:00:00Z',
    })
    const known = { ...condition, observedGeneration: 1, lastTransitionTime }
    expect(newPodCondition(pod(2, known), condition, 0)).toBeUndefined()
    expect(newPodCondition(pod(2, known), { ...condition, message: 'other' }, 0)).toEqual({
      ...condition,
      message: 'other',
      observedGeneration: 2,
      lastTransitionTime,
    })
    expect(newPodCondition(pod(0), condition, 0)).not.toHaveProperty('observedGeneration')
  })
})
