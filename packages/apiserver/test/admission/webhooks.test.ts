import { describe, expect, it } from 'vitest'
import type { AdmissionWebhookFetch } from '../../src/index.ts'
import { pod, start } from './server.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const map = (name: string, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...more })

interface Request {
  readonly uid: string
  readonly object: { readonly metadata: Readonly<Record<string, unknown>> } | null
  readonly oldObject: unknown
}

/** Answers reviews by the path of the webhook. */
function webhooks(answers: Readonly<Record<string, (request: Request) => unknown>>) {
  const asked: { readonly path: string; readonly body: Readonly<Record<string, unknown>> }[] = []
  const fetch: AdmissionWebhookFetch = async ({ url, body }) => {
    const { pathname } = new URL(url)
    const review = JSON.parse(body)
    asked.push({ path: pathname, body: review })
    const response = await answers[pathname]?.(review.request)
    if (typeof response === 'string') return { status: 200, body: response }
    const { apiVersion, kind } = review
    return {
      status: 200,
      body: JSON.stringify({ apiVersion, kind, response: { uid: review.request.uid, ...(response as object) } }),
    }
  }
  return { asked, fetch }
}

const patch = (operations: readonly object[]) => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: btoa(JSON.stringify(operations)),
})

function hook(name: string, path: string, more: object = {}) {
  return {
    name,
    clientConfig: { url: `https://localhost${path}` },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['*'] }],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...more,
  }
}

async function run(
  kind: 'Mutating' | 'Validating',
  hooks: readonly object[],
  answers: Readonly<Record<string, (request: Request) => unknown>>,
) {
  const { asked, fetch } = webhooks(answers)
  const { ask } = await start({ admissionWebhooks: fetch })
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: 'c' },
    webhooks: hooks,
  }
  const folder = `${kind.toLowerCase()}webhookconfigurations`
  const made = await ask('POST', `/apis/admissionregistration.k8s.io/v1/${folder}`, configuration)
  expect(made.message).toBe('')
  return { ask, asked }
}

describe('validating webhooks', () => {
  it('see the request and may refuse it', async () => {
    const deny = () => ({ allowed: false, status: { message: 'not today', code: 409 }, warnings: ['careful'] })
    const { ask, asked } = await run('Validating', [hook('a.example.com', '/a')], { '/a': deny })
    const { status, message, warning } = await ask('POST', maps, map('m'))
    expect(status).toBe(409)
    expect(message).toBe('admission webhook "a.example.com" denied the request: not today')
    expect(warning).toBe('299 - "careful"')
    expect(asked[0]?.body['request']).toMatchObject({
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      requestResource: { group: '', version: 'v1', resource: 'configmaps' },
      name: 'm',
      namespace: 'default',
      operation: 'CREATE',
      object: { kind: 'ConfigMap', metadata: { name: 'm' } },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    })
    expect((await ask('GET', `${maps}/m`)).status).toBe(404)
  })

  it('are not asked for what their rules and selectors leave out', async () => {
    const selective = hook('a.example.com', '/a', { objectSelector: { matchLabels: { x: 'y' } } })
    const { ask, asked } = await run('Validating', [selective], { '/a': () => ({ allowed: true }) })
    await ask('POST', maps, map('m'))
    await ask('POST', '/api/v1/namespaces/default/pods', pod('p', {}, { labels: { x: 'y' } }))
    expect(asked).toHaveLength(0)
    await ask('POST', maps, { ...map('n'), metadata: { name: 'n', labels: { x: 'y' } } })
    expect(asked).toHaveLength(1)
  })

  it('that answer nonsense count as failed, and by their policy may be ignored', async () => {
    const broken = { '/a': () => 'garbage', '/b': () => ({ uid: 'other', allowed: true }) }
    const first = await run('Validating', [hook('a.example.com', '/a')], broken)
    expect((await first.ask('POST', maps, map('m'))).message).toContain(
      'Internal error occurred: failed calling webhook "a.example.com": failed to call webhook: ',
    )
    const second = await run('Validating', [hook('b.example.com', '/b')], broken)
    expect((await second.ask('POST', maps, map('m'))).message).toMatch(
      /received invalid webhook response: expected response.uid="[^"]+", got "other"/,
    )
    const third = await run('Validating', [hook('a.example.com', '/a', { failurePolicy: 'Ignore' })], broken)
    expect((await third.ask('POST', maps, map('m'))).status).toBe(201)
  })

  it('without side effects take part in dry runs', async () => {
    const effects = hook('a.example.com', '/a', { sideEffects: 'None' })
    const { ask } = await run('Validating', [{ ...effects, sideEffects: 'NoneOnDryRun' }], {
      '/a': () => ({ allowed: true }),
    })
    expect((await ask('POST', maps, map('m'), { query: { dryRun: 'All' } })).status).toBe(201)
  })

  it('see deletions, and can be told by conditions when not to look', async () => {
    const matchConditions = [{ name: 'n', expression: 'object == null' }]
    const deny = () => ({ allowed: false })
    const { ask } = await run('Validating', [hook('a.example.com', '/a', { matchConditions })], { '/a': deny })
    expect((await ask('POST', maps, map('m'))).status).toBe(201)
    expect((await ask('DELETE', `${maps}/m`)).message).toBe(
      'admission webhook "a.example.com" denied the request without explanation',
    )
  })
})

describe('mutating webhooks', () => {
  it('change objects one after the other, and look again when asked to', async () => {
    const counted: string[] = []
    const add = (key: string) => (request: Request) => {
      counted.push(key)
      const data = (request.object as { readonly data?: Readonly<Record<string, string>> } | null)?.data ?? {}
      return data[key] === undefined ? patch([{ op: 'add', path: `/data/${key}`, value: '1' }]) : { allowed: true }
    }
    const hooks = [hook('a.example.com', '/a', { reinvocationPolicy: 'IfNeeded' }), hook('b.example.com', '/b')]
    const { ask } = await run('Mutating', hooks, { '/a': add('a'), '/b': add('b') })
    const { body } = await ask('POST', maps, map('m', { data: { c: '1' } }))
    expect(body).toMatchObject({ data: { a: '1', b: '1', c: '1' } })
    expect(counted).toEqual(['a', 'b', 'a'])
  })

  it('cannot give an object another uid or namespace', async () => {
    const uid = () => patch([{ op: 'add', path: '/metadata/uid', value: 'mine' }])
    const first = await run('Mutating', [hook('a.example.com', '/a')], { '/a': uid })
    expect((await first.ask('POST', maps, map('m'))).body.metadata?.['uid']).not.toBe('mine')
    const namespace = () => patch([{ op: 'replace', path: '/metadata/namespace', value: 'other' }])
    const second = await run('Mutating', [hook('a.example.com', '/a')], { '/a': namespace })
    expect((await second.ask('POST', maps, map('m'))).status).toBe(400)
    expect((await second.ask('GET', `${maps}/m`)).status).toBe(404)
  })

  it('cannot make an object something else', async () => {
    const data = () => patch([{ op: 'add', path: '/data', value: 'no map' }])
    const { ask } = await run('Mutating', [hook('a.example.com', '/a')], { '/a': data })
    expect((await ask('POST', maps, map('m'))).status).toBe(500)
  })

  it('that hang are given up in their time', async () => {
    const { ask } = await start({
      clock: {
        now: () => 0,
        hold: () => () => undefined,
        schedule: (at, task) => {
          if (at === 3000) queueMicrotask(() => void task())
          return { at, cancel: () => undefined }
        },
      },
      admissionWebhooks: () => new Promise(() => undefined),
    })
    await ask('POST', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'c' },
      webhooks: [hook('a.example.com', '/a', { timeoutSeconds: 3 })],
    })
    expect((await ask('POST', maps, map('m'))).message).toBe(
      'Internal error occurred: failed calling webhook "a.example.com": failed to call webhook: Post "https://localhost/a?timeout=3s": context deadline exceeded',
    )
  })
})
