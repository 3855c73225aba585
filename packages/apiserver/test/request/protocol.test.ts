import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'
import { createApiServer } from '../../src/index.ts'

async function start() {
  const server = createApiServer({ clock: new VirtualClock(), random: createRandom('test') })
  await server.bootstrap()
  return async (method: string, url: string, headers: Record<string, string> = {}, body?: string) => {
    const response = await server.answer({
      method,
      url,
      headers,
      signal: new AbortController().signal,
      readBody: async () => new TextEncoder().encode(body ?? ''),
    })
    let text = ''
    if (typeof response.body === 'string') text = response.body
    else if (response.body instanceof Uint8Array) text = new TextDecoder().decode(response.body)
    else if (response.body) for await (const part of response.body) text += part
    return { ...response, text }
  }
}

const notFound = 'the server could not find the requested resource'
const notAllowed = 'the server does not allow this method on the requested resource'

test.each([
  ['GET', '/api/v1//pods', 404, notFound],
  ['GET', '/api//v1/pods', 404, notFound],
  ['GET', '/api/v1/namespaces/default//pods', 404, notFound],
  ['GET', '/api/v1/pods/x', 404, notFound],
  ['GET', '/api/v1/namespaces/default/nodes', 404, notFound],
  ['GET', '/apis/apps/v9', 404, notFound],
  ['GET', '/apis/apps/v9/deployments', 404, notFound],
  ['GET', '/version/x', 404, notFound],
  ['GET', '/api/v1/bindings', 404, notFound],
  ['GET', '/api/v1/namespaces/default/bindings', 405, notAllowed],
  ['DELETE', '/api/v1/pods', 405, notAllowed],
  ['POST', '/api/v1/pods', 405, notAllowed],
  ['OPTIONS', '/api/v1/namespaces/default/pods', 405, notAllowed],
  ['HEAD', '/api/v1/namespaces/default/pods', 405, notAllowed],
  ['POST', '/version', 405, notAllowed],
  ['GET', '/api/v1/namespaces/default/pods/..', 400, `Name parameter invalid: "..": may not be '..'`],
  ['GET', '/api/v1/pods?timeout=x', 400, 'invalid timeout specified in the request URL - time: invalid duration "x"'],
  ['GET', '/api/v1/pods?limit=99999999999999999999', 400, 'value out of range'],
  ['GET', '/api/v1/nodes/x/proxy/', 404, 'nodes "x" not found'],
  ['GET', '/api/v1/namespaces/default/pods/x/exec?command=ls', 404, 'pods "x" not found'],
  ['GET', '/api/v1/namespaces/default/services/https:zz:443/proxy/a/b', 404, 'services "zz" not found'],
  ['GET', '/api/v1/namespaces/default/services/a:b:c:d/proxy', 400, 'invalid service request "a:b:c:d"'],
  ['GET', '/api/v1/namespaces/default/services/kubernetes/proxy', 405, 'unsupported: services/proxy'],
  ['GET', '/apis/events.k8s.io/v1/events?fieldSelector=involvedObject.kind=x', 400, 'field label not supported'],
  ['GET', '/api/v1/componentstatuses/x', 404, 'componentstatus "x" not found'],
])('%s %s is answered with a Status %i', async (method, url, status, message) => {
  const ask = await start()
  const answer = await ask(method, url)
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toBe('application/json')
  expect(JSON.parse(answer.text)).toMatchObject({ kind: 'Status', message: expect.stringContaining(message) })
})

test.each([
  ['GET', '/nope'],
  ['POST', '/nope'],
  ['GET', '//api'],
  ['GET', '/apis//v1'],
  ['GET', '/apis/nope/v1'],
  ['GET', '/apis/extensions/v1beta1/ingresses'],
  ['GET', '/healthz/'],
  ['GET', '/metrics/'],
  ['GET', '/openapi/v2/'],
  ['GET', '/readyz/nope'],
])('%s %s is a page that is not there', async (method, url) => {
  const ask = await start()
  const answer = await ask(method, url)
  expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([
    404,
    'text/plain; charset=utf-8',
    '404 page not found\n',
  ])
})

test.each([
  ['GET', '/api/v1/namespaces//pods'],
  ['GET', '/api/v1/pods//'],
  ['GET', '/api/v1/'],
  ['PATCH', '/apis/apps'],
  ['DELETE', '/healthz'],
  ['OPTIONS', '/'],
  ['GET', '/index.html'],
  ['GET', '/livez/poststarthook/bootstrap-controller'],
  ['GET', '/apis/events.k8s.io/v1/events?fieldSelector=regarding.kind=Pod,reportingController=x'],
  ['GET', '/api/v1/pods?timeout=0'],
  ['GET', '/api/v1/pods?timeout=-1s'],
])('%s %s is answered', async (method, url) => {
  const ask = await start()
  expect((await ask(method, url)).status).toBe(200)
})

test('a watch that is asked for in no words is a failure of the server itself', async () => {
  const ask = await start()
  const { status, text } = await ask('GET', '/api/v1/watch')
  expect(status).toBe(500)
  expect(text).toMatch(/^Internal Server Error: "\/api\/v1\/watch": failed to create RequestInfo/)
})

test('/api names the host that was asked', async () => {
  const ask = await start()
  const { text } = await ask('GET', '/api', { host: 'example.com:6443' })
  expect(JSON.parse(text).serverAddressByClientCIDRs[0].serverAddress).toBe('example.com:6443')
})

test.each([
  ['application/xml', 406, '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml'],
  ['application/*', 406, '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml'],
  ['application/json;as=Table;v=v9;g=meta.k8s.io', 406, 'only the following media types are accepted'],
  ['*/*', 200, undefined],
  ['text/html,application/json', 200, undefined],
  ['application/json;as=Nope;v=v1;g=meta.k8s.io,application/json', 200, undefined],
])('a list for those who accept %s: %i', async (accept, status, message) => {
  const ask = await start()
  const answer = await ask('GET', '/api/v1/pods', { accept })
  expect(answer.status).toBe(status)
  if (message !== undefined) expect(JSON.parse(answer.text).message).toContain(message)
})

test('the client has the last word on which of two forms it likes better', async () => {
  const ask = await start()
  const { headers } = await ask('GET', '/api/v1/namespaces/default', {
    accept: 'application/json;q=0.1,application/vnd.kubernetes.protobuf;q=0.9',
  })
  expect(headers['content-type']).toBe('application/vnd.kubernetes.protobuf')
})

test('events have no YAML', async () => {
  const ask = await start()
  const answer = await ask('GET', '/api/v1/pods?watch=1', { accept: 'application/yaml' })
  expect(answer.status).toBe(406)
  expect(answer.text).toContain('application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch')
})

test('a body holds the options of a delete alone; without one the query does', async () => {
  const ask = await start()
  const make = (name: string) =>
    ask('POST', '/api/v1/namespaces/default/configmaps', {}, JSON.stringify({ metadata: { name } }))
  const url = '/api/v1/namespaces/default/configmaps'
  const read = async (name: string) => (await ask('GET', `${url}/${name}`)).status
  await make('a')
  await ask('DELETE', `${url}/a?dryRun=All`)
  expect(await read('a')).toBe(200)
  await ask('DELETE', `${url}/a?dryRun=All`, { 'content-type': 'application/json' }, '{}')
  expect(await read('a')).toBe(404)
  const wrong = await ask('DELETE', `${url}/a`, {}, '{"kind":"DeleteOptions","gracePeriodSeconds":"x"}')
  expect(JSON.parse(wrong.text).message).toBe(
    'json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
  )
  const both = await ask('DELETE', `${url}?propagationPolicy=x&dryRun=y`)
  expect(both.status).toBe(422)
})

test('health can be asked for with every check, and without some', async () => {
  const ask = await start()
  const { text } = await ask('GET', '/readyz?verbose&exclude=etcd&exclude=nope')
  expect(text).toContain('[+]etcd excluded: ok\n')
  expect(text).toContain('[+]poststarthook/rbac/bootstrap-roles ok\n')
  expect(text).toMatch(/no matches for "nope"\nreadyz check passed\n$/)
})

test('the version is shown for people to read, whoever asks', async () => {
  const ask = await start()
  const { text } = await ask('GET', '/version')
  expect(text.startsWith('{\n  "major": "1",\n  "minor": "35",')).toBe(true)
  expect(JSON.parse(text)).toMatchObject({ gitVersion: 'v1.35.4' })
})
