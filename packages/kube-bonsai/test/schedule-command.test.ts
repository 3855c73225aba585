import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Console } from '../src/cli/console.ts'
import { main } from '../src/cli/main.ts'
import { decideSnapshot } from '../src/index.ts'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'bonsai-schedule-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

function file(name: string, content: unknown): string {
  const path = join(home, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

async function schedule(args: readonly string[], options: { readonly stdin?: string; readonly colour?: boolean } = {}) {
  const [out, err]: [string[], string[]] = [[], []]
  const console: Console = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    interactive: false,
    colour: options.colour ?? false,
    readStdin: async () => options.stdin ?? '',
    interrupted: async () => {},
  }
  const code = await main(['schedule', ...args], console)
  return { code, out: out.join(''), err: err.join('') }
}

const node = (name: string, cpu: string, extra: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { allocatable: { cpu, memory: '8Gi', pods: '10' } },
  ...extra,
})
const pod = (name: string, cpu: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'app', image: 'app', resources: { requests: { cpu } } }], ...spec },
})
const objects = [node('small', '1'), node('large', '4'), pod('web', '1500m'), pod('huge', '64')]

describe('bonsai schedule', () => {
  test('shows where each pod goes, or what would help it', async () => {
    const { code, out, err } = await schedule(['-f', file('cluster.json', { objects })])
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toMatch(/default\/web +scheduled +large +1\/2/)
    expect(out).toMatch(/default\/huge +unschedulable +- +0\/2/)
    expect(out).toMatch(/NodeResourcesFit +Insufficient cpu +small/)
    expect(out).toContain('Unschedulable: 0/2 nodes are available: 2 Insufficient cpu.')
    expect(out).toContain('give node large 61500m more cpu (2500m of 4 left), or ask for that much less')
    expect(out).not.toContain('\u001b[')
  })

  test('shows the scores of each plugin with its weight', async () => {
    const { out } = await schedule([
      '-f',
      file('two.json', { objects: [node('a', '2'), node('b', '4'), pod('web', '1')] }),
    ])
    expect(out).toMatch(/NODE +TOTAL .*TaintToleration\*3/)
    expect(out).toMatch(/> b +[0-9]+/)
  })

  test('shows who has to go for whom', async () => {
    const running = pod('low', '2', { nodeName: 'one', priority: 0 })
    const given = { objects: [node('one', '2'), running, pod('high', '2', { priority: 10 })] }
    const { out } = await schedule(['-f', file('preempt.json', given)])
    expect(out).toMatch(/default\/high +unschedulable +- +0\/1 +one +default\/low/)
    expect(out).toMatch(/default\/high \(attempt 2\) +scheduled +one/)
    expect(out).toContain('1 placed, 0 not, 1 preempted')
  })

  test('is colourful for people only', async () => {
    const path = file('colour.json', { objects })
    expect((await schedule(['-f', path], { colour: true })).out).toContain('\u001b[')
  })

  test('prints JSON in the shape of recorded decisions', async () => {
    const { out } = await schedule(['-f', file('json.json', { objects }), '-o', 'json', '--tie-break', 'upstream'])
    const decisions = JSON.parse(out)
    expect(decisions).toEqual(await decideSnapshot({ objects, options: { tieBreak: 'upstream' } }))
    expect(Object.keys(decisions)).toEqual([
      'scheduler',
      'options',
      'percentageOfNodesToScore',
      'profiles',
      'nodes',
      'added',
      'decisions',
      'placements',
      'unplaced',
    ])
    expect(decisions.placements).toEqual({ 'default/web': 'large' })
  })

  test('reads manifests from several files, folders and standard input', async () => {
    file(
      'folder/nodes.yaml',
      'apiVersion: v1\nkind: Node\nmetadata:\n  name: one\nstatus:\n  allocatable: {cpu: "2", memory: 1Gi, pods: "5"}\n',
    )
    file('folder/config.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n')
    const list = { apiVersion: 'v1', kind: 'List', items: [pod('a', '1'), pod('b', '1')] }
    const { out, err } = await schedule(['-f', join(home, 'folder'), '-', '-o', 'json'], {
      stdin: JSON.stringify(list),
    })
    expect(err).toBe('left alone, the scheduler does not look at them: 1 ConfigMap\n')
    expect(JSON.parse(out).placements).toEqual({ 'default/a': 'one', 'default/b': 'one' })
    expect(err).toBe('left alone, the scheduler does not look at them: 1 ConfigMap\n')
  })

  test('takes a configuration and gates', async () => {
    const tainted = node('n', '2', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } })
    const path = file('tainted.json', { objects: [tainted, pod('a', '1')] })
    const config = file(
      'config.yaml',
      'profiles:\n- plugins:\n    multiPoint:\n      disabled:\n      - name: TaintToleration\n',
    )
    const plain = JSON.parse((await schedule(['-f', path, '-o', 'json'])).out)
    const careless = JSON.parse((await schedule(['-f', path, '-o', 'json', '--config', config])).out)
    expect([plain.placements, careless.placements]).toEqual([{}, { 'default/a': 'n' }])
    const gated = JSON.parse(
      (await schedule(['-f', path, '-o', 'json', '--feature-gates', 'GenericWorkload=true'])).out,
    )
    expect(gated.featureGates).toEqual({ GenericWorkload: true })
  })

  test('says what to do about input that cannot be used', async () => {
    const lost = await schedule(['-f', file('lost.json', { objects: [pod('a', '1', { nodeName: 'gone' })] })])
    expect(lost).toEqual({
      code: 1,
      out: '',
      err: 'error: Pod default/a: spec.nodeName: there is no Node "gone" in the snapshot\nAdd the node to the snapshot, or leave spec.nodeName out so that the pod waits for one.\n',
    })
    const unknown = await schedule(['-f', file('field.json', { objects: [pod('a', '1', { foo: 1 })] })])
    expect(unknown.err).toContain('error: objects[0] (Pod "a"): strict decoding error: unknown field "spec.foo"\n')
    const empty = await schedule(['-f', '-'])
    expect(empty.err).toContain('error: input holds no objects that a scheduler looks at')
    const config = await schedule(['-f', file('ok.json', { objects }), '--config', file('bad.yaml', 'foo: 1\n')])
    expect(config.err).toContain('error: config: strict decoding error: unknown field "foo"\n')
    expect(config.code).toBe(1)
    expect((await schedule(['-f', join(home, 'ok.json'), '--mode', 'x'])).code).toBe(2)
    expect((await schedule(['-f', join(home, 'ok.json'), '--config', join(home, 'missing')])).code).toBe(2)
  })
})
