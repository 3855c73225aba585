import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createApiServer } from '../../src/index.ts'

async function start(on = true) {
  const clock = new VirtualClock()
  const gates = createFeatureGates({ set: { ComponentFlagz: on, ComponentStatusz: on } })
  const server = createApiServer({ clock, random: createRandom('test'), gates, serviceClusterIPRange: '10.0.0.0/24' })
  const get = async (path: string, accept?: string) => {
    const headers: Record<string, string> = accept === undefined ? {} : { accept }
    return server.transport.request({ method: 'GET', path, headers })
  }
  return { clock, get }
}

const structured = (kind: string) => `application/json;v=v1alpha1;g=config.k8s.io;as=${kind}`

test.each([
  [undefined, 200],
  ['*/*', 200],
  ['text/plain', 200],
  ['application/json, text/plain', 200],
  [structured('Statusz'), 200],
  [`application/json;v=v1beta1;g=config.k8s.io;as=Statusz,${structured('Statusz')}`, 200],
  ['application/json', 406],
  ['text/html', 406],
  [structured('Flagz'), 406],
  ['application/yaml;v=v1alpha1;g=config.k8s.io;as=Statusz', 500],
])('/statusz for those who accept %s: %i', async (accept, status) => {
  const { get } = await start()
  expect((await get('/statusz', accept)).status).toBe(status)
})

test('flags are shown as they are, and nothing is shown while the gate is off', async () => {
  const { get } = await start()
  const { body } = await get('/flagz', structured('Flagz'))
  expect(body).toMatchObject({ kind: 'Flagz', flags: { 'service-cluster-ip-range': '10.0.0.0/24' } })
  const off = await start(false)
  expect((await off.get('/flagz')).status).toBe(404)
})

test('a server is never up for less than no time, and its paths are sorted and each there once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 10_000_000 }), async (passed) => {
      const { clock, get } = await start()
      await clock.advance(passed)
      const { body } = await get('/statusz', structured('Statusz'))
      const { uptimeSeconds, paths } = body as { readonly uptimeSeconds: number; readonly paths: readonly string[] }
      expect(uptimeSeconds).toBe(Math.floor(passed / 1000))
      expect(paths).toEqual([...new Set(paths)].sort())
      expect(paths.some((path) => path.startsWith('/api') || path.startsWith('/open'))).toBe(false)
    }),
    { numRuns: 10 },
  )
})
