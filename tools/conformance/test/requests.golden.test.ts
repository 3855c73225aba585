import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareTranscripts } from '../src/http/compare.ts'
import { play } from '../src/http/play.ts'
import { readScenarios, readTranscripts } from '../src/http/scenario.ts'
import { type RecordedServer, startAsRecorded } from './recorded-server.ts'

const golden = join(import.meta.dirname, 'golden')
const scenarios = readScenarios(readdirSync(join(golden, 'requests')).map((name) => join(golden, 'requests', name)))
const recorded = readTranscripts(join(golden, 'requests.jsonl.gz'))

let server: RecordedServer
beforeAll(async () => {
  server = await startAsRecorded()
})
afterAll(() => server.close())

describe('the server answers requests as v1.35.4 was recorded', () => {
  test.each(scenarios)('$scenario', async (scenario) => {
    const expected = recorded.get(scenario.scenario)
    if (expected === undefined) throw new Error(`${scenario.scenario} was not recorded`)
    const actual = await play(server, scenario)
    const results = compareTranscripts(scenario, expected, actual)
    expect(results).toHaveLength(scenario.steps.length)
    expect(results.filter(({ differences }) => differences.length > 0)).toEqual([])
  })
})
