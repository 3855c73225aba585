import { get } from 'node:http'
import { expect, test } from 'vitest'
import { Cluster } from '../src/cluster/cluster.ts'
import { listen } from '../src/server/index.ts'

test('a connection may pause for as long as upstream lets it', async () => {
  const cluster = await Cluster.create({ nodes: 0, controlPlaneOnly: true, controllers: false })
  const server = await listen(cluster, { http: true })
  const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
    get(`${server.url}/healthz`, { headers: { connection: 'keep-alive' } }, (answer) => {
      answer.resume()
      resolve(answer.headers)
    }).on('error', reject)
  })
  expect(headers['keep-alive']).toBe('timeout=90')
  await server.close()
  cluster.close()
})
