import * as api from '@kube-bonsai/apimachinery'
import { describe, expect, test } from 'vitest'

const deployments = { group: 'apps', resource: 'deployments' }
const pods = { group: '', resource: 'pods' }

describe('the Status of a failure', () => {
  test('not found names the resource', () => {
    expect(JSON.stringify(api.newNotFound(deployments, 'web').status)).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"deployments.apps \\"web\\" not found","reason":"NotFound","details":{"name":"web","group":"apps","kind":"deployments"},"code":404}',
    )
  })

  test('invalid names the kind, has one cause for each error, and says equal errors once', () => {
    const spec = api.FieldPath.of('spec')
    const errors = [api.required(spec.child('name')), api.required(spec.child('name')), api.invalid(spec, {}, 'no')]
    const { message, details, code } = api.newInvalid({ group: 'apps', kind: 'Deployment' }, 'web', errors).status
    expect(message).toBe('Deployment.apps "web" is invalid: [spec.name: Required value, spec: Invalid value: {}: no]')
    expect(code).toBe(422)
    expect(details?.kind).toBe('Deployment')
    expect(details?.causes).toEqual([
      { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.name' },
      { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.name' },
      { reason: 'FieldValueInvalid', message: 'Invalid value: {}: no', field: 'spec' },
    ])
  })

  test('forbidden leaves out what is empty', () => {
    const message = (resource: api.GroupResource, name: string): string =>
      api.newForbidden(resource, name, 'no').message
    expect(message(pods, 'a')).toBe('pods "a" is forbidden: no')
    expect(message(pods, '')).toBe('pods is forbidden: no')
    expect(message({ group: '', resource: '' }, '')).toBe('forbidden: no')
  })

  test('an internal error has one cause without a reason', () => {
    expect(api.newInternalError(new Error('boom')).status).toMatchObject({
      message: 'Internal error occurred: boom',
      details: { causes: [{ message: 'boom' }] },
      code: 500,
    })
  })

  test('a resource version of the future is a timeout with a cause', () => {
    const error = api.newTooLargeResourceVersion(9n, 5n, 1)
    expect(error.message).toBe('Timeout: Too large resource version: 9, current: 5')
    expect(api.isTooLargeResourceVersion(error)).toBe(true)
    expect(api.suggestsClientDelay(error)).toBe(1)
  })

  test('an answer that is no Status is worded by its code', () => {
    const base = { verb: 'GET', resource: pods, name: 'a', retryAfterSeconds: 0, unexpected: true }
    const error = api.newGenericServerResponse({ ...base, code: 502, serverMessage: 'bad gateway' })
    expect(error.message).toBe(
      'an error on the server ("bad gateway") has prevented the request from succeeding (get pods a)',
    )
    expect(api.isUnexpectedServerError(error)).toBe(true)
    expect(api.newGenericServerResponse({ ...base, code: 418, serverMessage: '' }).reason).toBe('')
  })
})

describe('guards', () => {
  test('know errors of another copy of the package, Status objects and causes', () => {
    const { status } = api.newNotFound(pods, 'a')
    const foreign = Object.assign(new Error('x'), { name: 'StatusError', status })
    expect(api.isNotFound(foreign)).toBe(true)
    expect(api.isNotFound(status)).toBe(true)
    expect(api.isNotFound(new Error('outer', { cause: foreign }))).toBe(true)
    expect(api.isConflict(foreign)).toBe(false)
  })

  test('go by the code only where the reason is unknown', () => {
    const odd = api.StatusError.of({ reason: '', code: 404, message: 'x' })
    expect(api.isNotFound(odd)).toBe(true)
    expect(api.isNotFound(api.StatusError.of({ reason: 'Conflict', code: 404, message: 'x' }))).toBe(false)
    expect(api.isTooManyRequests(api.StatusError.of({ reason: 'Conflict', code: 429, message: 'x' }))).toBe(true)
  })

  test('say no to everything else', () => {
    const circular = new Error('a')
    circular.cause = circular
    for (const odd of [undefined, null, 1, 'NotFound', {}, { status: 404 }, new Error('x'), circular]) {
      expect(api.isNotFound(odd)).toBe(false)
    }
  })

  test('anything thrown becomes a StatusError', () => {
    const error = api.newConflict(pods, 'a', 'later')
    expect(api.StatusError.from(error)).toBe(error)
    expect(api.StatusError.from(new Error('boom'))).toMatchObject({ code: 500, reason: '', message: 'boom' })
    expect(api.StatusError.from(error.status).message).toBe(error.message)
  })
})

describe('field errors', () => {
  const path = api.FieldPath.of('spec', 'containers').index(0).child('env').key('a/b')

  test('paths print as upstream', () => {
    expect(String(path)).toBe('spec.containers[0].env[a/b]')
  })

  test.each([
    [api.invalid(path, 'a"b\n', 'bad'), 'Invalid value: "a\\"b\\n": bad'],
    [api.invalid(path, undefined, 'bad'), 'Invalid value: bad'],
    [api.invalid(path, null, 'bad'), 'Invalid value: null: bad'],
    [api.invalid(path, { b: '<', a: [1, true] }, 'bad'), 'Invalid value: {"a":[1,true],"b":"\\u003c"}: bad'],
    [api.invalid(path, new Uint8Array([1, 2, 3, 255]), 'bad'), 'Invalid value: "AQID/w==": bad'],
    [api.notSupported(path, 'x', ['B', 'A']), 'Unsupported value: "x": supported values: "B", "A"'],
    [api.tooLong(path, 1), 'Too long: may not be more than 1 byte'],
    [api.tooMany(path, 3, 2), 'Too many: 3: must have at most 2 items'],
    [api.duplicate(path, 7), 'Duplicate value: 7'],
    [api.notFound(path, 'x'), 'Not found: "x"'],
    [api.forbidden(path, 'no'), 'Forbidden: no'],
    [api.internalFieldError(path, 'oops'), 'Internal error: oops'],
  ])('%#', (error, body) => {
    expect(api.formatFieldErrorBody(error)).toBe(body)
    expect(api.formatFieldError(error)).toBe(`spec.containers[0].env[a/b]: ${body}`)
  })

  test('a struct prints its fields in their order', () => {
    const value = api.structValue({ b: 1, a: 2 }, ['b', 'a', 'c'])
    expect(api.formatFieldErrorBody(api.invalid(path, value, ''))).toBe('Invalid value: {"b":1,"a":2}')
  })
})
