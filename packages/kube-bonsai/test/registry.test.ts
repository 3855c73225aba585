import { expect, test } from 'vitest'
import { Cluster, SimulatedRegistry } from '../src/index.ts'

test('a cluster pulls from its registry: images that are not there wait, and start once they are published', async () => {
  const registry = new SimulatedRegistry({ isStrict: true })
  const cluster = await Cluster.create({ nodes: 1, registry })
  await cluster.apply(`
apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: web, image: 'r.example/web:1' }] }
`)
  await cluster.settle()
  const [problem] = await cluster.problems()
  expect(problem?.message).toContain('r.example/web:1: not found')
  registry.publish('r.example/web:1')
  await cluster.advance('10m')
  expect(await cluster.problems()).toEqual([])
  expect((await cluster.client.pods('default').get('web')).status?.phase).toBe('Running')
  cluster.close()
})
