import { createClient } from '@kube-bonsai/client'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import { createApiServer } from '../src/index.ts'

test('each watch shows an object in the version that it speaks', async () => {
  const thrown: unknown[] = []
  const clock = new VirtualClock({ onError: (error) => thrown.push(error) })
  const server = createApiServer({ clock, random: createRandom('test') })
  await server.bootstrap()
  const client = createClient(server.transport)
  const old = client.resource('autoscaling/v1/horizontalpodautoscalers').namespace('default')
  const current = client.resource('autoscaling/v2/horizontalpodautoscalers').namespace('default')
  const { metadata } = await current.list()
  const from = { resourceVersion: metadata.resourceVersion ?? '' }
  const first = async (
    events: AsyncIterable<{ readonly type: string; readonly object: { readonly apiVersion?: string } }>,
  ): Promise<string> => {
    for await (const { type, object } of events) return `${type} ${object.apiVersion}`
    return 'none'
  }
  const outcomes = Promise.all([first(old.watch(from)), first(current.watch(from))])
  await current.create({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  })
  expect(await outcomes).toEqual(['ADDED autoscaling/v1', 'ADDED autoscaling/v2'])
  expect(thrown).toEqual([])
})
