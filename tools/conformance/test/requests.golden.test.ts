import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Cluster } from 'kube-bonsai'
import { listen, type RunningServer } from 'kube-bonsai/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareTranscripts } from '../src/http/compare.ts'
import { play } from '../src/http/play.ts'
import { readScenarios, readTranscripts } from '../src/http/scenario.ts'
import { Sender } from '../src/http/send.ts'

const golden = join(import.meta.dirname, 'golden')
const scenarios = readScenarios(readdirSync(join(golden, 'requests')).map((name) => join(golden, 'requests', name)))
const recorded = readTranscripts(join(golden, 'requests.jsonl.gz'))

let cluster: Cluster
let running: RunningServer
let sender: Sender

beforeAll(async () => {
  cluster = await Cluster.create({
    clock: 'system',
    controlPlaneOnly: true,
    controllers: false,
    serviceClusterIPRange: '10.0.0.0/16',
    admissionPlugins: { enable: ['NodeRestriction'] },
    authentication: {
      tokens: new Map([
        ['admin', { name: 'admin', uid: 'uid-admin', groups: ['system:masters'] }],
        ['user', { name: 'plain-user', uid: 'uid-user', groups: ['plain-group'] }],
      ]),
    },
  })
  running = await listen(cluster, { http: true, guarded: false })
  sender = new Sender(running.url, { insecure: false })
})
afterAll(async () => {
  sender.close()
  await running.close()
  cluster.close()
})

const tokens = new Map([
  ['admin', 'admin'],
  ['user', 'user'],
])

describe('the server answers requests as v1.35.4 was recorded', () => {
  test.each(scenarios)('$scenario', async (scenario) => {
    const expected = recorded.get(scenario.scenario)
    if (expected === undefined) throw new Error(`${scenario.scenario} was not recorded`)
    const actual = await play({ url: running.url, sender, tokens }, scenario)
    const results = compareTranscripts(scenario, expected, actual)
    expect(results).toHaveLength(scenario.steps.length)
    expect(results.filter(({ differences }) => differences.length > 0)).toEqual([])
  })
})
