import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { check, schemaFor, UnknownKindError } from '../src/index.ts'

test('check says which field is wrong, what was expected and what is there', async () => {
  const errors = await check({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 7, labels: null },
    spec: { containers: [{ image: 'x', ports: [{ containerPort: '80' }] }], volume: [] },
  })
  expect(new Set(errors)).toEqual(
    new Set([
      { path: 'metadata.name', expected: 'string', actual: 'number' },
      { path: 'spec.containers[0].name', expected: 'a value', actual: 'nothing' },
      { path: 'spec.containers[0].ports[0].containerPort', expected: 'integer', actual: 'string' },
      { path: 'spec.volume', expected: 'no such field', actual: 'array' },
    ]),
  )
})

test('check refuses what is no object of a known kind', async () => {
  expect(await check([])).toEqual([{ path: '', expected: 'object', actual: 'array' }])
  expect(await check({ apiVersion: 1 })).toEqual([
    { path: 'apiVersion', expected: 'string', actual: 'number' },
    { path: 'kind', expected: 'string', actual: 'nothing' },
  ])
  await expect(check({ apiVersion: 'v1', kind: 'Pods' })).rejects.toBeInstanceOf(UnknownKindError)
})

test('a kind has one schema, built once', async () => {
  const gvk = { group: 'apps', version: 'v1', kind: 'Deployment' }
  expect(await schemaFor(gvk)).toBe(await schemaFor(gvk))
})

test('typebox does not load before something is checked, nor a table before it is asked for', () => {
  const entry = fileURLToPath(new URL('../src/index.ts', import.meta.url))
  const script = `
    import { registerHooks, register } from 'node:module'
    const seen = []
    register('data:text/javascript,' + encodeURIComponent(\`
      let port
      export async function initialize(data) { port = data.port }
      export async function load(url, context, next) { port.postMessage(url); return next(url, context) }
    \`), { data: { port: channel.port2 }, transferList: [channel.port2] })
    const seenOf = async () => { await new Promise((done) => setTimeout(done, 50)); return seen.filter((url) => /typebox|tables\\.ts/.test(url)) }
    channel.port1.on('message', (url) => seen.push(url))
    channel.port1.unref()
    const api = await import(${JSON.stringify(entry)})
    const before = await seenOf()
    await api.scheme.load('apps', 'v1')
    const loaded = await seenOf()
    await api.check({ apiVersion: 'v1', kind: 'Pod' })
    const checked = await seenOf()
    console.log(JSON.stringify([before.length, loaded.map((url) => url.split('/generated/')[1]?.split('?')[0]).sort(), checked.some((url) => url.includes('typebox'))]))
    process.exit(0)`
  const source = `import { MessageChannel } from 'node:worker_threads'; const channel = new MessageChannel();${script.replace('registerHooks, ', '')}`
  const output = execFileSync(
    process.execPath,
    ['--conditions=bonsai-source', '--import', 'tsx', '--input-type=module', '-e', source],
    { encoding: 'utf8', cwd: fileURLToPath(new URL('../../..', import.meta.url)) },
  )
  expect(JSON.parse(output)).toEqual([0, ['apps/v1.tables.ts', 'core/v1.tables.ts', 'meta/v1.tables.ts'], true])
})
