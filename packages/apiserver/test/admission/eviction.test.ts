import { describe, expect, it } from 'vitest'
import { pod, pods, start } from './server.ts'

const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
const eviction = (name: string, more: object = {}) => ({
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { name },
  ...more,
})

async function withBudget(status: object, spec: object = {}, ready = 'True') {
  const { ask } = await start()
  await ask('POST', pods, pod('a', {}, { labels: { app: 'x' } }))
  const running = { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] }
  const found = await ask('GET', `${pods}/a`)
  await ask('PUT', `${pods}/a/status`, { ...found.body, status: running })
  const selector = { matchLabels: { app: 'x' } }
  const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b' } }
  const made = await ask('POST', budgets, { ...budget, spec: { minAvailable: 1, selector, ...spec } })
  const counts = { currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, observedGeneration: 1, ...status }
  await ask('PUT', `${budgets}/b/status`, { ...made.body, status: counts })
  return ask
}

describe('evictions', () => {
  it('need a disruption that the budget allows, and take it', async () => {
    const ask = await withBudget({ disruptionsAllowed: 1 })
    expect((await ask('POST', `${pods}/a/eviction`, eviction('a'), { query: { dryRun: 'All' } })).status).toBe(201)
    expect((await ask('POST', `${pods}/a/eviction`, eviction('a'))).status).toBe(201)
    const { body } = await ask('GET', `${budgets}/b`)
    expect(body.status).toMatchObject({ disruptionsAllowed: 0, disruptedPods: { a: expect.any(String) } })
  })

  it('are refused with the reason in the causes', async () => {
    const ask = await withBudget({ disruptionsAllowed: 0 })
    const { status, body, message } = await ask('POST', `${pods}/a/eviction`, eviction('a'))
    expect(status).toBe(429)
    expect(message).toBe("Cannot evict pod as it would violate the pod's disruption budget.")
    const causes = [
      { reason: 'DisruptionBudget', message: 'The disruption budget b needs 1 healthy pods and has 1 currently' },
    ]
    expect(body).toMatchObject({ details: { causes } })
  })

  it('wait for budgets that are not up to date', async () => {
    const ask = await withBudget({ disruptionsAllowed: 1, observedGeneration: 0 })
    const { body } = await ask('POST', `${pods}/a/eviction`, eviction('a'))
    expect(body).toMatchObject({ code: 429, details: { retryAfterSeconds: 10 } })
  })

  it('take pods that are not ready where the budget says so', async () => {
    const ask = await withBudget({ disruptionsAllowed: 0 }, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }, 'False')
    expect((await ask('POST', `${pods}/a/eviction`, eviction('a'))).status).toBe(201)
  })

  it('fail where two budgets count the pod', async () => {
    const ask = await withBudget({ disruptionsAllowed: 1 })
    const { body } = await ask('GET', `${budgets}/b`)
    const { spec } = body
    await ask('POST', budgets, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'c' }, spec })
    const { status, message } = await ask('POST', `${pods}/a/eviction`, eviction('a'))
    expect(status).toBe(500)
    expect(message).toContain('more than one PodDisruptionBudget')
  })

  it('have to name the pod', async () => {
    const ask = await withBudget({})
    expect((await ask('POST', `${pods}/a/eviction`, eviction('b'))).message).toBe(
      'name in URL does not match name in Eviction object',
    )
  })
})
