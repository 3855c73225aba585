import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Console } from '../src/cli/console.ts'
import { main } from '../src/cli/main.ts'
import { ChaosScriptError, Cluster, playChaos, readChaosScript } from '../src/index.ts'

const examples = join(dirname(fileURLToPath(import.meta.url)), '../examples')

async function wrong(text: string): Promise<string> {
  const error = await readChaosScript(text, { file: 'c.yaml', nodes: ['node-1', 'node-2'] }).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(ChaosScriptError)
  return (error as Error).message
}

describe('a chaos script', () => {
  it('writes manifests of static pods, and takes them away', async () => {
    const script = await readChaosScript(`
events:
  - at: 10s
    node: node-1
    do: writeManifest
    for: 5m
    file: web.yaml
    text: |
      {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: c, image: web}]}}
`)
    const cluster = await Cluster.create({ nodes: 1 })
    const run = playChaos(cluster, script)
    await cluster.advance('1m')
    expect((await cluster.client.pods('default').get('web-node-1')).status?.phase).toBe('Running')
    await cluster.settle()
    await expect(cluster.client.pods('default').get('web-node-1')).rejects.toThrow('not found')
    expect(run.events.map(({ action, problem }) => [action, problem])).toEqual([
      ['writeManifest', undefined],
      ['removeManifest', undefined],
    ])
    cluster.close()
  })

  it('says what happens to which node and when', async () => {
    const script = await readChaosScript(`
events:
  - {at: 90s, node: node-2, do: kill, for: 4m}
  - {every: 10m, until: 1h, node: [node-1, node-2], do: restartKubelet}
  - {at: 1h, node: any, do: drain, force: true}
`)
    expect(script.events).toEqual([
      { at: 90_000, nodes: ['node-2'], do: 'kill', for: 240_000 },
      { at: 600_000, every: 600_000, until: 3_600_000, nodes: ['node-1', 'node-2'], do: 'restartKubelet' },
      { at: 3_600_000, nodes: [], do: 'drain', drain: { force: true } },
    ])
  })

  it('that is wrong is refused with file, line, column and field', async () => {
    expect(await wrong('events:\n- at: 1x\n  node: node-1\n  do: kill\n')).toBe(
      'c.yaml:2:3: events[0].at: a duration such as 90s, 5m or 1h30m is expected, not "1x"',
    )
    expect(await wrong('events:\n- at: 1s\n  node: node-1\n  do: explode\n')).toMatch(
      /^c\.yaml:4:3: events\[0\]\.do: "explode" is none of kill, boot, /,
    )
    expect(await wrong('events:\n- at: 1s\n  node: node-9\n  do: kill\n')).toBe(
      'c.yaml:3:3: events[0].node: there is no node "node-9"; there are node-1, node-2',
    )
    expect(await wrong('events:\n- at: 1s\n  node: node-1\n  do: kill\n  fro: 3m\n')).toBe(
      'c.yaml:5:3: events[0].fro: unknown field; known are at, every, until, node, do, for',
    )
    expect(await wrong('events:\n- node: node-1\n  do: kill\n')).toContain('events[0]: say when')
    expect(await wrong('events:\n- {at: 1s, until: 2s, node: any, do: kill}\n')).toContain(
      'only what repeats has an end',
    )
    expect(await wrong('events:\n- {at: 1s, for: 2s, node: any, do: boot}\n')).toContain('nothing undoes boot')
    expect(await wrong('events:\n- {every: 0s, node: any, do: kill}\n')).toContain('more than no time')
    expect(await wrong('events: {}\n')).toContain('events: a list of events is expected')
    expect(await wrong('[]\n')).toContain('an object with a list "events" is expected')
    expect(await wrong('')).toContain('the script is empty')
    expect(await wrong('events: [\n')).toMatch(/^c\.yaml:\d+:\d+: /)
    expect(await wrong('events: []\n---\nevents: []\n')).toContain('one document is expected')
    expect(await wrong('__proto__: {}\nevents: []\n')).toContain('unknown field')
    expect(await wrong('events:\n- {at: 1s, node: node-1, do: writeManifest, text: x}\n')).toContain('events[0].file: ')
    expect(await wrong('events:\n- {at: 1s, node: node-1, do: writeManifest, file: x}\n')).toContain('events[0].text: ')
    expect(await wrong('events:\n- {at: 1s, node: node-1, do: fill, memory: much}\n')).toContain(
      'events[0].memory: an amount such as 15Gi is expected, not "much"',
    )
    expect(await wrong('events:\n- {at: 1s, node: node-1, do: fill, pids: -1}\n')).toContain(
      'events[0].pids: an amount',
    )
    expect(await wrong('events:\n- {at: 1s, node: node-1, do: fill}\n')).toContain(
      'events[0]: say what is used up: memory, disk, inodes, pids, with an amount such as 15Gi',
    )
    expect(await wrong('events:\n- {at: 1s, node: node-1, do: upgrade, runtime: {vers: 1}}\n')).toContain(
      'events[0].runtime.vers: unknown field; known are name, version',
    )
  })

  it('never fails in another way, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        const read = await readChaosScript(text).catch((thrown: unknown) => thrown)
        if (read instanceof Error) expect(read).toBeInstanceOf(ChaosScriptError)
        else expect(read).toHaveProperty('events')
      }),
    )
  })

  it('is played in time, and what it does is undone in time', async () => {
    const cluster = await Cluster.create({ nodes: 3 })
    const start = cluster.clock.now()
    const run = playChaos(cluster, await readChaosScript('events: [{at: 90s, node: node-2, do: kill, for: 4m}]'))
    await cluster.advance('89s')
    expect(cluster.nodes.get('node-2').state).toBe('running')
    await cluster.advance('2s')
    expect(cluster.nodes.get('node-2').state).toBe('off')
    await cluster.settle()
    expect(cluster.nodes.get('node-2').state).toBe('running')
    expect(run.events).toEqual([
      { time: start + 90_000, node: 'node-2', action: 'kill' },
      { time: start + 330_000, node: 'node-2', action: 'boot' },
    ])
    cluster.close()
  })

  it('fills nodes up, and makes room again', async () => {
    const cluster = await Cluster.create({ nodes: 1 })
    const text = 'events: [{at: 1s, node: node-1, do: fill, disk: 95Gi, pids: 4190000, for: 1m}]'
    playChaos(cluster, await readChaosScript(text))
    const pressed = async () => {
      const { status, spec } = await cluster.client.nodes().get('node-1')
      const conditions = (status?.conditions ?? []).filter((each) => each.type !== 'Ready' && each.status === 'True')
      return [conditions.map(({ type }) => type), (spec?.taints ?? []).map(({ key }) => key.split('/')[1])]
    }
    await cluster.advance('30s')
    expect(await pressed()).toEqual([['DiskPressure'], ['disk-pressure']])
    await cluster.advance('10m')
    expect(await pressed()).toEqual([[], []])
    cluster.close()
  })

  it('goes on when something cannot be done, and says why', async () => {
    const cluster = await Cluster.create({ nodes: 2 })
    const text = 'events: [{at: 1s, node: node-1, do: kill}, {at: 2s, node: node-1, do: restartKubelet}]'
    const run = playChaos(cluster, await readChaosScript(text))
    await cluster.advance('5s')
    expect(run.events.map(({ problem }) => problem)).toEqual([undefined, 'node "node-1" is off: boot() it first'])
    cluster.close()
  })

  it('never lets a cluster wait for what repeats for ever', async () => {
    const cluster = await Cluster.create({ nodes: 2 })
    const run = playChaos(cluster, await readChaosScript('events: [{every: 10m, node: any, do: restartKubelet}]'))
    expect((await cluster.settle()).settled).toBe(true)
    await cluster.advance('1h')
    expect(run.events.length).toBeGreaterThanOrEqual(5)
    run.stop()
    const before = run.events.length
    await cluster.advance('1h')
    expect(run.events).toHaveLength(before)
    cluster.close()
  })

  it('chooses by its seed: the same one gives the same log', async () => {
    const play = async (seed: number) => {
      const cluster = await Cluster.create({ nodes: 5 })
      const text = 'events: [{every: 5m, node: any, do: partition, for: 3m}, {every: 7m, node: any, do: kill, for: 1m}]'
      const run = playChaos(cluster, await readChaosScript(text), { seed })
      await cluster.advance('1h')
      const log = JSON.stringify([run.events, cluster.events()])
      cluster.close()
      return { log, nodes: run.events.map(({ node }) => node).join() }
    }
    const [one, same, other] = [await play(1), await play(1), await play(2)]
    expect(same.log).toBe(one.log)
    expect(other.nodes).not.toBe(one.nodes)
  })
})

describe('bonsai run --chaos', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bonsai-chaos-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function run(...args: string[]) {
    const said = { out: '', err: '' }
    const console: Console = {
      out: (text) => {
        said.out += text
      },
      err: (text) => {
        said.err += text
      },
      interactive: false,
      colour: false,
      readStdin: async () => '',
      interrupted: () => new Promise(() => {}),
    }
    return { code: await main(['run', ...args], console), ...said }
  }

  it('plays the example, shows what happened, and does so again', async () => {
    const args = ['-f', join(examples, 'web.yaml'), '--nodes', '4', '--until', '2h']
    const first = await run(...args, '--chaos', join(examples, 'chaos.yaml'))
    expect(first.err).toBe('')
    expect(first.code).toBe(0)
    expect(first.out).toContain('What happened to nodes')
    expect(first.out).toMatch(/^90s +node-2 +kill +done$/m)
    expect(first.out).toMatch(/^330s +node-2 +boot +done$/m)
    expect(first.out).toMatch(/^900s +node-3 +drain +done$/m)
    expect(first.out).toMatch(/^\d+s +node-\d +partition +done$/m)
    expect(first.out).toMatch(/web +6\/6/)
    expect((await run(...args, '--chaos', join(examples, 'chaos.yaml'))).out).toBe(first.out)
  })

  it('refuses a script that is wrong before anything runs', async () => {
    const file = join(folder, 'bad.yaml')
    writeFileSync(file, 'events:\n  - at: 5\n    node: node-1\n    do: kill\n')
    const { code, err } = await run('-f', join(examples, 'web.yaml'), '--chaos', file)
    expect(code).toBe(1)
    expect(err).toBe(`error: ${file}:2:5: events[0].at: a duration such as 90s, 5m or 1h30m is expected, not 5\n`)
  })
})
