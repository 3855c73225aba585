import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareTranscripts } from '../src/http/compare.ts'
import { play } from '../src/http/play.ts'
import { readScenarios, readTranscripts } from '../src/http/scenario.ts'
import { type RecordedServer, startAsRecorded } from './recorded-server.ts'

const folder = join(import.meta.dirname, 'golden', 'rows')

/** Files of scenarios with the feature gates with which the real server answered them. */
const files: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  'container-restart-rules': {},
  'container-restart-rules-alpha': { RestartAllContainersOnContainerExits: true, NodeDeclaredFeatures: true },
  'container-restart-rules-off': { ContainerRestartRules: false },
  'csi-tokens': {},
  'csi-tokens-off': { CSIServiceAccountTokenSecrets: false },
  'image-volumes': {},
  'image-volumes-off': { ImageVolume: false },
  'in-place-resize': {},
  'pod-generation': {},
  'supplemental-groups': {},
  'topology-labels': {},
  'topology-labels-off': { PodTopologyLabelsAdmission: false },
  'user-namespaces': {},
  'user-namespaces-host-network': { UserNamespacesHostNetworkSupport: true },
  'user-namespaces-off': { UserNamespacesSupport: false, ProcMountType: false },
}

describe.each(Object.entries(files))('the server answers as v1.35.4 was recorded: %s', (file, gates) => {
  const scenarios = readScenarios([join(folder, `${file}.json`)])
  const recorded = readTranscripts(join(folder, `${file}.jsonl.gz`))
  let server: RecordedServer
  beforeAll(async () => {
    server = await startAsRecorded(gates)
  })
  afterAll(() => server.close())

  test.each(scenarios)('$scenario', { timeout: 30_000 }, async (scenario) => {
    const expected = recorded.get(scenario.scenario)
    if (expected === undefined) throw new Error(`${scenario.scenario} was not recorded`)
    const results = compareTranscripts(scenario, expected, await play(server, scenario))
    expect(results).toHaveLength(scenario.steps.length)
    expect(results.filter(({ differences }) => differences.length > 0)).toEqual([])
  })
})
