import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HttpRequest } from '../../src/index.ts'
import { createApiServer } from '../../src/index.ts'
import { metricsText } from '../../src/metrics/text.ts'

async function start() {
  const server = createApiServer({ clock: new VirtualClock(), random: createRandom('test') })
  await server.bootstrap()
  return async (method: string, url: string, body = '') => {
    const request: HttpRequest = {
      method,
      url,
      headers: {},
      signal: new AbortController().signal,
      readBody: async () => new TextEncoder().encode(body),
    }
    const answer = await server.answer(request)
    let text = typeof answer.body === 'string' ? answer.body : ''
    if (typeof answer.body === 'object' && Symbol.asyncIterator in answer.body)
      for await (const part of answer.body) text += part
    return text
  }
}

test('what must stay zero is there from the start', async () => {
  const ask = await start()
  const text = await ask('GET', '/metrics')
  expect(text).toContain('\napiserver_validation_declarative_validation_mismatch_total 0\n')
  expect(text).toContain('\napiserver_validation_declarative_validation_panic_total 0\n')
})

test('requests are counted by what they were, and paths that nobody serves are not', async () => {
  const ask = await start()
  const configMap = JSON.stringify({ metadata: { name: 'a' } })
  await ask('POST', '/api/v1/namespaces/default/configmaps?dryRun=All', configMap)
  await ask('POST', '/api/v1/namespaces/default/configmaps?dryRun=All', configMap)
  await ask('GET', '/api/v1/pods')
  await ask('GET', '/api/v1/namespaces/default/pods/nope')
  await ask('GET', '/api/v1/made-up-things')
  await ask('GET', '/made-up-page')
  const text = await ask('GET', '/metrics')
  const counted = text.split('\n').filter((line) => line.startsWith('apiserver_request_total{'))
  expect(counted).toEqual([
    'apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="pods",scope="cluster",subresource="",verb="LIST",version="v1"} 1',
    'apiserver_request_total{code="201",component="apiserver",dry_run="All",group="",resource="configmaps",scope="resource",subresource="",verb="POST",version="v1"} 2',
    'apiserver_request_total{code="404",component="apiserver",dry_run="",group="",resource="pods",scope="resource",subresource="",verb="GET",version="v1"} 1',
  ])
  expect(text).toContain('apiserver_resource_objects{group="",resource="namespaces"} 4\n')
  expect(text).toContain('apiserver_flowcontrol_dispatched_requests_total{priority_level="exempt"} 7\n')
  expect(text).toContain('apiserver_current_inflight_requests{request_kind="readOnly"} 1\n')
  expect(await ask('DELETE', '/metrics')).toBe('metrics reset\n')
  expect(await ask('GET', '/metrics')).not.toContain('resource="configmaps",scope')
})

test('no label can break a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const family = {
        name: 'a',
        stability: '',
        help: 'h',
        type: 'gauge',
        samples: [{ labels: { l: value }, value: 1 }],
      } as const
      const lines = metricsText([family]).split('\n')
      expect(lines).toHaveLength(4)
      expect(lines[2]).toMatch(/^a\{l="(?:[^"\\]|\\.)*"\} 1$/s)
    }),
  )
})
