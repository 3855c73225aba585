import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bonsai } from './support/cli.ts'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'bonsai-cli-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Writes a file and returns its path. */
function file(name: string, text: string): string {
  const path = join(home, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}

const pod = (name: string, cpu = '1') => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  containers:
  - name: app
    image: app:1
    resources:
      requests:
        cpu: "${cpu}"
`

describe('every command', () => {
  test('explains itself and its flags', async () => {
    const { code, out } = await bonsai(['--help'])
    expect(code).toBe(0)
    for (const command of ['up', 'run', 'validate', 'kyaml', 'version']) {
      expect(out).toContain(command)
      const help = await bonsai([command, '--help'])
      expect(help.code).toBe(0)
      expect(help.out).toContain(`Usage: bonsai ${command}`)
    }
  })

  test('says what to do about a wrong command line, with exit code 2', async () => {
    expect(await bonsai(['rnu'])).toMatchObject({ code: 2, err: expect.stringContaining("unknown command 'rnu'") })
    expect(await bonsai(['run', '--nodes', 'many', '-f', '-'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('whole number'),
    })
    expect(await bonsai(['run', '--feature-gates', 'NoSuchGate=true', '-f', '-'], pod('p'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('NoSuchGate'),
    })
    expect(await bonsai(['run', '-f', 'nowhere.yaml'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('the path "nowhere.yaml" does not exist'),
    })
  })
})

test('version, as text and as JSON', async () => {
  expect((await bonsai(['version'])).out).toBe('bonsai 0.1.0 (Kubernetes v1.35.4)\n')
  expect(JSON.parse((await bonsai(['version', '-o', 'json'])).out)).toEqual({ bonsai: '0.1.0', kubernetes: 'v1.35.4' })
})

describe('run', () => {
  test('plays a directory, subdirectories included, and prints every object as JSON', async () => {
    file('app/a.yaml', pod('one'))
    file('app/more/b.yaml', pod('two'))
    file('app/readme.txt', 'not a manifest')
    const { code, out } = await bonsai(['run', '-f', join(home, 'app'), '-o', 'json'])
    expect(code).toBe(0)
    const list = JSON.parse(out)
    expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List' })
    const phases = list.items.flatMap(
      (item: { kind: string; metadata: { name: string }; status: { phase: string } }) =>
        item.kind === 'Pod' ? [`${item.metadata.name} ${item.status.phase}`] : [],
    )
    expect(phases).toEqual(['one Running', 'two Running'])
  })

  test('makes namespaces first, whatever file they are in', async () => {
    const namespaced = pod('late').replace('name: late', 'name: late\n  namespace: z')
    file('order/a.yaml', namespaced)
    file('order/setup/namespace.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: z}\n')
    expect(await bonsai(['run', '-f', join(home, 'order')])).toMatchObject({ code: 0, err: '' })
  })

  test('says why what does not run does not, and exits with 1', async () => {
    const { code, out } = await bonsai(['run', '-f', '-'], pod('big', '100'))
    expect(code).toBe(1)
    expect(out).toContain('Unschedulable')
    expect(out).toContain('0/3 nodes are available: 3 Insufficient cpu.')
  })

  test('prints YAML and KYAML, and stops after a given time', async () => {
    const yaml = await bonsai(['run', '-f', '-', '-o', 'yaml', '--until', '10ms'], pod('early'))
    expect(yaml.out).toMatch(/^apiVersion: v1\nitems:\n/)
    expect(yaml.out).toContain('phase: Pending')
    const kyaml = await bonsai(['run', '-f', '-', '-o', 'kyaml'], pod('late'))
    expect(kyaml.out).toMatch(/^---\n\{\n/)
    expect((await bonsai(['run', '-f', '-', '--until', 'later'], pod('p'))).code).toBe(2)
  })

  test('the same seed prints the same, another one does not', async () => {
    const run = async (seed: string) => (await bonsai(['run', '-f', '-', '-o', 'json', '--seed', seed], pod('p'))).out
    const first = await run('a')
    expect(await run('a')).toBe(first)
    expect(await run('b')).not.toBe(first)
  })

  test('names file and line of what is refused', async () => {
    const path = file('bad.yaml', `${pod('fine')}---\napiVersion: v1\nkind: Widget\nmetadata: {name: x}\n`)
    const { code, err } = await bonsai(['run', '-f', path])
    expect(code).toBe(1)
    expect(err).toContain(`${path}:14: no matches for kind "Widget" in version "v1"`)
  })
})

describe('validate', () => {
  test('is content with good manifests', async () => {
    expect(await bonsai(['validate'], pod('fine'))).toMatchObject({
      code: 0,
      out: '',
      err: '1 objects checked: all valid\n',
    })
  })

  test('takes lists apart, and takes namespaces to exist that objects name', async () => {
    const list = `apiVersion: v1
kind: ConfigMapList
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: a, namespace: shop}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: b, namespace: shop}
  data: {key: 1}
- null
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
`
    const { code, out, err } = await bonsai(['validate'], list)
    expect(code).toBe(1)
    expect(err).toContain('4 objects checked: 2 problems')
    expect(out).toMatch(/:10:\d+: ConfigMap b: .*data/)
    expect(out).toMatch(/:11:\d+: .*Object 'apiVersion' is missing/)
  })

  test('points at the line of an unknown field, a bad value and broken YAML', async () => {
    const unknown = await bonsai(['validate'], pod('x').replace('  containers', '  containres: []\n  containers'))
    expect(unknown.code).toBe(1)
    expect(unknown.out).toContain('<stdin>:7:')
    expect(unknown.out).toContain('unknown field "spec.containres"')
    const name = await bonsai(['validate', '-o', 'json'], pod('Bad_Name'))
    expect(JSON.parse(name.out).problems[0]).toMatchObject({ line: 5, field: 'metadata.name' })
    const broken = await bonsai(['validate'], 'a: [1, 2\nb: }')
    expect(broken.code).toBe(1)
    expect(broken.out).toMatch(/^<stdin>:\d+:\d+: /)
  })
})

describe('kyaml', () => {
  test('formats what comes in, comments kept', async () => {
    const { code, out } = await bonsai(['kyaml'], '# a service\nkind: Service\nspec: {ports: [{port: 80}]}\n')
    expect(code).toBe(0)
    expect(out).toContain('# a service')
    expect(out).toContain('kind: "Service",')
  })

  test('--check names files that differ, --write puts them right', async () => {
    const path = file('k.yaml', 'a: 1\n')
    expect(await bonsai(['kyaml', '--check', path])).toMatchObject({ code: 1, out: `${path}\n` })
    expect((await bonsai(['kyaml', '--write', path])).code).toBe(0)
    expect(await bonsai(['kyaml', '--check', path])).toMatchObject({ code: 0, out: '' })
    expect((await bonsai(['kyaml', '--check', '--write', path])).code).toBe(2)
  })
})
