// biome-ignore-all lint/suspicious/noTemplateCurlyInString: scenarios have templates of their own
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeObject } from '@kube-bonsai/api-protobuf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareTranscripts } from '../src/http/compare.ts'
import { play } from '../src/http/play.ts'
import { readTranscripts, type Scenario, type Transcript, writeTranscripts } from '../src/http/scenario.ts'
import { Sender } from '../src/http/send.ts'
import { fill, pick } from '../src/http/template.ts'

let server: Server
let url: string
let version = 100
let spoil: (object: Record<string, unknown>) => object = (object) => object

/** As much of an API server as the scenario needs: every POST makes an object with a new uid and version. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const { metadata = {}, ...rest } = text === '' ? {} : JSON.parse(text)
      version += 1
      const uid = `00000000-0000-4000-8000-${String(version).padStart(12, '0')}`
      const stored = { ...metadata, uid, resourceVersion: String(version), creationTimestamp: new Date().toISOString() }
      const plain = request.url?.endsWith('/configmaps')
        ? spoil({ ...rest, metadata: stored })
        : { ...rest, metadata: stored }
      response.writeHead(request.headers.authorization === 'Bearer t' ? 201 : 401, {
        'content-type': 'application/json',
      })
      response.end(JSON.stringify(plain))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const scenario: Scenario = {
  scenario: 'two',
  steps: [
    {
      name: 'first',
      request: {
        method: 'POST',
        path: '/api/v1/namespaces/${ns}/configmaps',
        body: { metadata: { name: 'a-${run}' } },
      },
      capture: { uid: 'metadata.uid' },
    },
    {
      name: 'second',
      request: { method: 'POST', path: '/api/v1/namespaces/${ns}/configmaps', body: { data: { first: '${uid}' } } },
    },
  ],
}

const record = async (): Promise<Transcript> => {
  const sender = new Sender(url)
  const transcript = await play({ url, sender, tokens: new Map([['admin', 't']]) }, scenario)
  sender.close()
  return transcript
}
const compared = async (expected: Transcript) =>
  compareTranscripts(scenario, expected, await record()).flatMap(({ differences }) =>
    differences.map(({ path }) => path),
  )

describe('a scenario', () => {
  test('played twice gives the same answers, though uids, versions, times and names differ', async () => {
    expect(await compared(await record())).toEqual([])
  })

  test.each<[string, (object: Record<string, unknown>) => object, string]>([
    ['another field', (object) => ({ ...object, extra: 1 }), 'body.extra'],
    [
      'a version that does not grow',
      (object) => withMeta(object, { resourceVersion: '1' }),
      'body.metadata.resourceVersion',
    ],
    [
      'a time of another form',
      (object) => withMeta(object, { creationTimestamp: '2026-01-01' }),
      'body.metadata.creationTimestamp',
    ],
    [
      'a uid that comes again',
      (object) => withMeta(object, { uid: '00000000-0000-4000-8000-000000000000' }),
      'body.metadata.uid',
    ],
  ])('that gets %s is found', async (_, change, path) => {
    const expected = await record()
    spoil = change
    const found = await compared(expected)
    spoil = (object) => object
    expect(found).toContain(path)
  })

  test('that lacks a token says whose', async () => {
    const sender = new Sender(url)
    const asUser: Scenario = {
      scenario: 'user',
      steps: [{ name: 's', request: { path: '/', as: 'user' } }],
    }
    const { steps } = await play({ url, sender, tokens: new Map([['admin', 't']]) }, asUser)
    sender.close()
    expect(steps[0]).toMatchObject({ status: -1, error: 'no token was given for user' })
  })
})

const withMeta = (object: Record<string, unknown>, change: object): object => ({
  ...object,
  metadata: { ...Object(object.metadata), ...change },
})

test('templates fill in names and repeated letters, and pick values', () => {
  expect(fill('${a}-${x*3}-${no}', new Map([['a', '1']]))).toBe('1-xxx-${no}')
  expect(pick({ items: [{ metadata: { name: 'x' }, y: 1 }] }, 'items[metadata.name=x].y')).toBe(1)
  expect(pick({ items: [1] }, 'items[0]')).toBe(1)
  expect(pick({}, 'constructor.name')).toBeUndefined()
})

describe('bodies in protobuf', () => {
  const answer = (object: Parameters<typeof encodeObject>[0]): Transcript => ({
    scenario: 'one',
    run: 'qbcdfghj',
    startRv: 1,
    steps: [{ status: 200, headers: {}, base64: Buffer.from(encodeObject(object)).toString('base64') }],
  })
  const one: Scenario = { scenario: 'one', steps: [{ name: 'read', request: { path: '/' } }] }
  const named = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

  test('are compared as the objects they hold', () => {
    const [same] = compareTranscripts(one, answer(named('a')), answer(named('a')))
    expect(same).toEqual({ step: one.steps[0], differences: [] })
    const [other] = compareTranscripts(one, answer(named('a')), answer(named('b')))
    expect(other?.differences.map(({ path }) => path)).toEqual(['body.protobuf.metadata.name'])
  })

  test('that hold no object of a known kind are not compared, and the result says so', () => {
    const broken: Transcript = { ...answer(named('a')), steps: [{ status: 200, headers: {}, base64: 'AAAA' }] }
    expect(compareTranscripts(one, broken, broken)[0]?.notCompared).toBe(true)
  })
})

test.each(['answers.jsonl', 'answers.jsonl.gz'])('a transcript written to %s is read as it was', async (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'transcripts-'))
  try {
    const transcript = await record()
    writeTranscripts(join(folder, name), [transcript])
    expect(readTranscripts(join(folder, name)).get('two')).toEqual(transcript)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
