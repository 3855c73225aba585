import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SimulatedCsiDriver } from '../../src/index.ts'
import { boundPod, fakeNode } from '../fake-node.ts'

const name = 'd.example'
const key = 'csi.storage.k8s.io/serviceAccount.tokens'
const requests = fc.uniqueArray(fc.constantFrom('', 'a', 'vault', 'https://x'), { maxLength: 4 })

test('CSI driver service-account tokens (KEP-5538), PROP: tokens are in one place just where some are asked for, and nowhere else', async () => {
  await fc.assert(
    fc.asyncProperty(
      requests,
      fc.option(fc.boolean(), { nil: undefined }),
      fc.boolean(),
      async (audiences, inSecrets, works) => {
        const driver = new SimulatedCsiDriver(works ? {} : { tokensFrom: 'secrets' })
        const node = fakeNode({}, undefined, {}, new Map([[name, driver]]))
        node.setCsiDriver(name, {
          volumeLifecycleModes: ['Ephemeral'],
          fsGroupPolicy: 'None',
          requiresRepublish: true,
          tokenRequests: audiences.map((audience) => ({ audience })),
          ...(inSecrets !== undefined && { serviceAccountTokenInSecrets: inSecrets }),
        })
        node.set(
          boundPod('p', {
            volumes: [{ name: 'v', csi: { driver: name } }],
            containers: [{ name: 'app', image: 'app:1', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
          }),
        )
        await node.clock.advance(130_000)
        expect(driver.published.length).toBeGreaterThan(1)
        for (const { secrets, volumeContext } of driver.published) {
          const found = [secrets[key], volumeContext[key]].filter((text) => text !== undefined)
          expect(found).toHaveLength(audiences.length > 0 ? 1 : 0)
          if (inSecrets !== true) expect(secrets[key]).toBeUndefined()
          for (const text of found) expect(Object.keys(JSON.parse(text)).sort()).toEqual([...audiences].sort())
        }
        const told = JSON.stringify([node.events, node.history, node.get('p')])
        for (const { token } of node.tokens) expect(told).not.toContain(token)
      },
    ),
    { numRuns: 60 },
  )
})
