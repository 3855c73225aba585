import { describe, expect, it } from 'vitest'
import { pod, pods, start } from './server.ts'

const ranges = '/api/v1/namespaces/default/limitranges'
const quotas = '/api/v1/namespaces/default/resourcequotas'
const maps = '/api/v1/namespaces/default/configmaps'

async function withRange(limit: object) {
  const started = await start()
  const spec = { limits: [limit] }
  await started.ask('POST', ranges, { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'r' }, spec })
  return started
}

async function withQuota(hard: Readonly<Record<string, string>>, spec: object = {}) {
  const started = await start()
  const used = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']))
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard, ...spec } }
  const made = await started.ask('POST', quotas, quota)
  const body = { ...made.body, status: { hard, used } }
  await started.ask('PUT', `${quotas}/q/status`, body)
  return started
}

const container = (resources: object) => ({ containers: [{ name: 'main', image: 'i', resources }] })
const map = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

describe('limit ranges', () => {
  it('fill in what containers do not say', async () => {
    const { ask } = await withRange({ type: 'Container', default: { cpu: '2' }, defaultRequest: { cpu: '1' } })
    const { body } = await ask('POST', pods, pod('a'))
    expect(body.spec?.containers?.[0]?.['resources']).toEqual({ limits: { cpu: '2' }, requests: { cpu: '1' } })
    expect(body.metadata?.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu request for container main; cpu limit for container main',
    })
  })

  it('refuse what is out of bounds', async () => {
    const { ask } = await withRange({ type: 'Container', max: { cpu: '1' }, maxLimitRequestRatio: { cpu: '2' } })
    const { status, message } = await ask(
      'POST',
      pods,
      pod('a', container({ limits: { cpu: '3' }, requests: { cpu: '1' } })),
    )
    expect(status).toBe(403)
    expect(message).toBe(
      'pods "a" is forbidden: [maximum cpu usage per Container is 1, but limit is 3, cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000]',
    )
  })

  it('count all containers for a pod', async () => {
    const { ask } = await withRange({ type: 'Pod', min: { cpu: '2' } })
    const { message } = await ask('POST', pods, pod('a', container({ requests: { cpu: '1500m' } })))
    expect(message).toBe('pods "a" is forbidden: minimum cpu usage per Pod is 2, but request is 1500m')
  })
})

describe('quotas', () => {
  it('are charged, and refuse what exceeds them', async () => {
    const { ask } = await withQuota({ configmaps: '1' })
    expect((await ask('POST', maps, map('a'), { query: { dryRun: 'All' } })).status).toBe(201)
    expect((await ask('POST', maps, map('a'))).status).toBe(201)
    expect((await ask('POST', maps, map('b'))).message).toBe(
      'configmaps "b" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: configmaps=1',
    )
  })

  it('make containers say what they need', async () => {
    const { ask } = await withQuota({ 'requests.cpu': '1' })
    expect((await ask('POST', pods, pod('a'))).message).toBe(
      'pods "a" is forbidden: failed quota: q: must specify requests.cpu for: main',
    )
  })

  it('leave alone what is out of their scope', async () => {
    const { ask } = await withQuota({ pods: '0' }, { scopes: ['NotBestEffort'] })
    expect((await ask('POST', pods, pod('a'))).status).toBe(201)
    expect((await ask('POST', pods, pod('b', container({ requests: { cpu: '1' } })))).status).toBe(403)
  })

  it('never let more through than they allow, also under concurrency', async () => {
    const { ask } = await withQuota({ 'count/configmaps': '5' })
    const made = await Promise.all(Array.from({ length: 12 }, (_, index) => ask('POST', maps, map(`m${index}`))))
    expect(made.filter(({ status }) => status === 201)).toHaveLength(5)
    const { body } = await ask('GET', `${quotas}/q`)
    expect(body.status).toMatchObject({ used: { 'count/configmaps': '5' } })
  })

  it('let everything through until their status says what is hard', async () => {
    const { ask } = await start()
    await ask('POST', quotas, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q' },
      spec: { hard: { pods: '1' } },
    })
    expect((await ask('POST', pods, pod('a'))).status).toBe(201)
  })
})
