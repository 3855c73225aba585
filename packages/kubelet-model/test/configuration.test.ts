import { VirtualClock } from '@kube-bonsai/clock'
import { applyMergePatch } from '@kube-bonsai/patch'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ConfigurationSources, cgroupDriver, KubeletConfigError, loadConfiguration } from '../src/index.ts'

const head = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n'

const files = (contents: Record<string, string>) =>
  new Map(Object.entries(contents).map(([path, text]) => [path, head + text]))

const main = '/etc/main.yaml'

function load(contents: Record<string, string>, more: Partial<ConfigurationSources> = {}) {
  return loadConfiguration({ files: files({ [main]: '', ...contents }), config: main, configDir: '/d', ...more })
}

const failure = (attempt: () => unknown): KubeletConfigError => {
  try {
    attempt()
  } catch (error) {
    if (error instanceof KubeletConfigError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('drop-in configuration directory (KEP-3983)', () => {
  test('C1: later files win, flags win over all', () => {
    const contents = { [main]: 'maxPods: 110', '/d/10.conf': 'maxPods: 120', '/d/20.conf': 'maxPods: 130' }
    expect(load(contents).configuration['maxPods']).toBe(130)
    expect(load(contents, { flags: { maxPods: 140 } }).configuration['maxPods']).toBe(140)
  })

  test('C2, C3: lists replace, maps merge, null brings the default back', () => {
    const contents = {
      [main]: 'clusterDNS: [10.0.0.10, 10.0.0.11]\nmaxPods: 5\nfeatureGates: {NodeSwap: true, ImageVolume: false}',
      '/d/1.conf': 'clusterDNS: [10.0.0.12]\nmaxPods: null\nfeatureGates: {ImageVolume: null}',
    }
    const { configuration } = load(contents)
    expect(configuration['clusterDNS']).toEqual(['10.0.0.12'])
    expect(configuration['maxPods']).toBe(110)
    expect(configuration['featureGates']).toEqual({ NodeSwap: true })
  })

  test('C4: only .conf files count, in the order of a walk', () => {
    const contents = {
      '/d/10.conf': 'maxPods: 10',
      '/d/5.conf': 'maxPods: 5',
      '/d/20-d/x.conf': 'podsPerCore: 7',
      '/d/9.yaml': 'maxPods: 9',
    }
    expect(load(contents).configuration).toMatchObject({ maxPods: 5, podsPerCore: 7 })
  })

  test('C5: a drop-in that sets one eviction signal keeps the others, a main file does not', () => {
    const one = 'evictionHard: {memory.available: 1Gi}'
    const kept = load({ '/d/1.conf': one }).configuration['evictionHard']
    expect(kept).toMatchObject({ 'memory.available': '1Gi', 'nodefs.available': '10%' })
    const alone = load({ [main]: one, '/d/1.conf': '' }).configuration['evictionHard']
    expect(alone).toEqual({ 'memory.available': '1Gi' })
  })

  test('C6: what is wrong only together stops the start', () => {
    const contents = {
      '/d/1.conf': 'imageMaximumGCAge: 2m0s',
      '/d/2.conf': 'maxParallelImagePulls: 5\nserializeImagePulls: true',
    }
    expect(failure(() => load(contents)).message).toBe(
      'failed to validate kubelet configuration, error: [' +
        'invalid configuration: imageMaximumGCAge 2m0s must be greater than imageMinimumGCAge 2m0s, ' +
        'invalid configuration: maxParallelImagePulls cannot be larger than 1 unless SerializeImagePulls ' +
        '(--serialize-image-pulls) is set to false], path: KubeletConfiguration',
    )
  })

  test('PROP: the result is the fold of the sorted files, and the last one again changes nothing', () => {
    const patch = fc.record(
      {
        maxPods: fc.integer({ min: 1, max: 200 }),
        podsPerCore: fc.integer({ min: 0, max: 9 }),
        evictionHard: fc.dictionary(fc.constantFrom('memory.available', 'nodefs.available'), fc.constant('5%')),
        clusterDNS: fc.array(fc.ipV4(), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(patch, { minLength: 1, maxLength: 5 }), (patches) => {
        const contents = (list: typeof patches) =>
          Object.fromEntries(
            list.map((value, index) => [
              `/d/${index}.conf`,
              Object.entries(value)
                .map(([k, v]) => `${k}: ${JSON.stringify(v)}\n`)
                .join(''),
            ]),
          )
        const base = loadConfiguration({ files: new Map() }).configuration
        const folded = patches.reduce<unknown>((merged, value) => applyMergePatch(merged, value), base)
        const { configuration } = load(contents(patches))
        expect(configuration).toEqual(folded)
        expect(load(contents([...patches, patches.at(-1)!])).configuration).toEqual(configuration)
      }),
      { numRuns: 60 },
    )
  })

  test('BAD: files that are none of these', () => {
    const bad = (text: string) =>
      failure(() => loadConfiguration({ files: new Map([['/d/1.conf', text]]), configDir: '/d' }))
    const prefix = 'failed to merge kubelet configs: failed to walk through kubelet dropin directory "/d": '
    const file = `${prefix}failed to load kubelet dropin file, path: /d/1.conf, `
    expect(bad('').message).toBe(`${file}error: kubelet config file "/d/1.conf" was empty`)
    expect(bad('maxPods: 1').message).toBe(`${file}error: Object 'Kind' is missing in 'maxPods: 1'`)
    expect(bad('kind: KubeletConfiguration').message).toBe(
      `${file}unknown apiVersion/kind: /, Kind=KubeletConfiguration`,
    )
    expect(bad(`${head}maxPods: [`)).toMatchObject({ file: '/d/1.conf' })
    expect(bad(`${head}maxPods: 1\nmaxPods: 2`)).toMatchObject({ line: 4, field: 'maxPods' })
    expect(bad(`${head}maxPods: many`)).toMatchObject({ file: '/d/1.conf', line: 3, field: 'maxPods' })
    expect(failure(() => load({}, { configDir: '/none' })).message).toContain('lstat /none: no such file or directory')
  })

  test('a typo is told with its file, line and field', () => {
    expect(load({ '/d/1.conf': 'maxPod: 3' }).warnings).toEqual([
      { file: '/d/1.conf', line: 3, field: 'maxPod', message: 'unknown field "maxPod" (/d/1.conf:3)' },
    ])
  })
})

describe('cgroup v1 (KEP-5573)', () => {
  test('C1, C4: it is refused unless the merged configuration allows it', () => {
    const allow = { '/d/1.conf': 'failCgroupV1: false' }
    const old: Partial<ConfigurationSources> = { cgroupVersion: 1 }
    const refused = failure(() => load({ '/d/1.conf': '' }, old)).message
    expect(refused).toContain(
      'failed to validate kubelet configuration, error: kubelet is configured to not run on a host using cgroup v1. ' +
        'cgroup v1 support is unsupported and will be removed in a future release, path: ',
    )
    expect(load(allow, old).configuration['failCgroupV1']).toBe(false)
    expect(failure(() => load(allow, { ...old, flags: { failCgroupV1: true } })).field).toBe('failCgroupV1')
    expect(() => load({ '/d/1.conf': '' })).not.toThrow()
  })

  test('BAD: singleProcessOOMKill false', () => {
    const contents = { '/d/1.conf': 'failCgroupV1: false\nsingleProcessOOMKill: false' }
    expect(failure(() => load(contents, { cgroupVersion: 1 })).field).toBe('singleProcessOOMKill')
  })
})

describe('runtimes losing support (KEP-4033)', () => {
  const asked = async (answers: readonly Parameters<typeof cgroupDriver>[0][]) => {
    const clock = new VirtualClock({})
    const start = clock.now()
    let index = 0
    const found = cgroupDriver(() => answers[Math.min(index++, answers.length - 1)]!(), 'cgroupfs', clock)
    const settled = found.then(
      (value) => value,
      (error: Error) => error.message,
    )
    let done = false
    void settled.then(() => {
      done = true
    })
    for (let second = 0; second < 10; second++) {
      await clock.advance(0)
      if (done) break
      await clock.advance(1000)
    }
    return { answer: await settled, seconds: Math.round((clock.now() - start) / 1000) }
  }

  test('C1: a runtime without the call is counted and the configuration decides', async () => {
    expect((await asked([() => ({ unimplemented: true })])).answer).toEqual({
      driver: 'cgroupfs',
      losingSupport: '1.36.0',
    })
  })

  test('C2, C3: the runtime decides, also after two failures', async () => {
    const fail = () => ({ error: 'not ready' })
    const answer = { driver: 'systemd', losingSupport: undefined }
    expect(await asked([fail, fail, () => ({ driver: 0 })])).toEqual({ answer, seconds: 4 })
  })

  test('C4, BAD: three failures, an unknown driver', async () => {
    expect((await asked([() => ({ error: 'not ready' })])).answer).toBe('not ready')
    expect((await asked([() => ({ driver: 7 })])).answer).toBe('runtime returned an unknown cgroup driver 7')
  })
})
