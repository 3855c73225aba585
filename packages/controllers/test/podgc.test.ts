import { expect, it } from 'vitest'
import { nodes } from '../src/api/core.ts'
import { pods } from '../src/api/known.ts'
import { TestCluster, template } from './support/cluster.ts'

it('force-deletes the pods of a node that is gone, after a quarantine, and leaves others alone', async () => {
  const cluster = new TestCluster({ controllers: ['pod-garbage-collector-controller'] })
  await cluster.of(nodes).create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'here' } })
  for (const nodeName of ['here', 'gone']) {
    const metadata = { name: nodeName, namespace: 'default' }
    await cluster.of(pods).create({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...template().spec, nodeName } })
  }
  await cluster.clock.advance(39_000)
  expect(cluster.pods()).toHaveLength(2)
  await cluster.clock.advance(45_000)
  expect(cluster.pods().map(({ metadata }) => metadata.name)).toEqual(['here'])
  expect(cluster.errors).toEqual([])
})
