import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { describe, expect, it } from 'vitest'
import { start } from './server.ts'

const api = '/apis/admissionregistration.k8s.io'
const configMaps = '/api/v1/namespaces/default/configmaps'
const rules = {
  resourceRules: [
    { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
  ],
}
const configMap = (name: string, data: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})

async function validating(spec: object, binding: object = { validationActions: ['Deny'] }) {
  const { ask, server } = await start()
  const made = [
    await ask('POST', `${api}/v1/validatingadmissionpolicies`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'p' },
      spec: { matchConstraints: rules, ...spec },
    }),
    await ask('POST', `${api}/v1/validatingadmissionpolicybindings`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'b' },
      spec: { policyName: 'p', ...binding },
    }),
  ]
  expect(made.map(({ status, message }) => [status, message])).toEqual([
    [201, ''],
    [201, ''],
  ])
  return { ask, server }
}

const short = { expression: 'object.data.k.size() < 3', message: 'k is long' }

describe('validating policies', () => {
  it('refuse with the reason and the message of the validation', async () => {
    const { ask } = await validating({ validations: [short] })
    expect((await ask('POST', configMaps, configMap('a', { k: 'ab' }))).status).toBe(201)
    const refused = await ask('POST', configMaps, configMap('b', { k: 'abc' }))
    expect(refused).toMatchObject({
      status: 422,
      message:
        "configmaps \"b\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: k is long",
    })
  })

  it('refuse what they cannot evaluate, unless failures are ignored', async () => {
    const { ask } = await validating({ validations: [short] })
    expect((await ask('POST', configMaps, configMap('a'))).message).toContain(
      "denied request: expression 'object.data.k.size() < 3' resulted in error: no such key: data",
    )
    const lenient = await validating({ failurePolicy: 'Ignore', validations: [short] })
    expect((await lenient.ask('POST', configMaps, configMap('a'))).status).toBe(201)
  })

  it('only warn when the binding says so', async () => {
    const { ask } = await validating({ validations: [short] }, { validationActions: ['Warn'] })
    const warned = await ask('POST', configMaps, configMap('a', { k: 'abc' }))
    expect(warned.status).toBe(201)
    expect(warned.warning).toContain("Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': k is long")
  })

  it('use variables, message expressions and match conditions', async () => {
    const { ask } = await validating({
      matchConditions: [{ name: 'not-free', expression: "object.metadata.name != 'free'" }],
      variables: [{ name: 'n', expression: 'object.data.size()' }],
      validations: [{ expression: 'variables.n == 0', messageExpression: "'has ' + string(variables.n)" }],
    })
    expect((await ask('POST', configMaps, configMap('free', { k: 'v' }))).status).toBe(201)
    expect((await ask('POST', configMaps, configMap('a', { k: 'v' }))).message).toContain('denied request: has 1')
  })

  it('take params from other objects, and deny without them if told so', async () => {
    const paramRef = { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' }
    const { ask } = await validating(
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        validations: [{ expression: 'object.data.size() <= int(params.data.max)' }],
        matchConditions: [{ name: 'others', expression: "object.metadata.name != 'limits'" }],
      },
      { validationActions: ['Deny'], paramRef },
    )
    expect((await ask('POST', configMaps, configMap('a'))).message).toContain(
      'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
    )
  })

  it('check their expressions when they are made', async () => {
    const { ask } = await start()
    const { status, message } = await ask('POST', `${api}/v1/validatingadmissionpolicies`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'p' },
      spec: { matchConstraints: rules, validations: [{ expression: 'objekt.x' }] },
    })
    expect(status).toBe(422)
    expect(message).toContain("undeclared reference to 'objekt' (in container '')")
  })
})

describe('mutating policies', () => {
  async function mutating(mutations: readonly object[], more: object = {}) {
    const gates = createFeatureGates({ set: { MutatingAdmissionPolicy: true } })
    const runtimeConfig = { 'admissionregistration.k8s.io/v1beta1': true }
    const { ask } = await start({ gates, runtimeConfig })
    const apiVersion = 'admissionregistration.k8s.io/v1beta1'
    const spec = { matchConstraints: rules, reinvocationPolicy: 'Never', mutations, ...more }
    const made = [
      await ask('POST', `${api}/v1beta1/mutatingadmissionpolicies`, {
        apiVersion,
        kind: 'MutatingAdmissionPolicy',
        metadata: { name: 'm' },
        spec,
      }),
      await ask('POST', `${api}/v1beta1/mutatingadmissionpolicybindings`, {
        apiVersion,
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name: 'mb' },
        spec: { policyName: 'm' },
      }),
    ]
    expect(made.map(({ status, message }) => [status, message])).toEqual([
      [201, ''],
      [201, ''],
    ])
    return ask
  }
  const apply = (expression: string) => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } })

  it('lay configurations over objects', async () => {
    const ask = await mutating([apply("Object{metadata: Object.metadata{labels: {'a': 'b'}}}")])
    const { body } = await ask('POST', configMaps, configMap('x', { k: 'v' }))
    expect(body).toMatchObject({ metadata: { labels: { a: 'b' } }, data: { k: 'v' } })
  })

  it('apply JSON patches one after the other', async () => {
    const patch = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } })
    const ask = await mutating([
      patch("[JSONPatch{op: 'add', path: '/data/a', value: '1'}]"),
      patch("[JSONPatch{op: 'replace', path: '/data/a', value: object.data.a + '2'}]"),
    ])
    expect((await ask('POST', configMaps, configMap('x', { k: 'v' }))).body).toMatchObject({
      data: { k: 'v', a: '12' },
    })
  })

  it('change custom resources', async () => {
    const resourceRules = [
      { apiGroups: ['example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['widgets'] },
    ]
    const ask = await mutating([apply('Object{spec: Object.spec{size: 3}}')], { matchConstraints: { resourceRules } })
    const openAPIV3Schema = {
      type: 'object',
      properties: { spec: { type: 'object', properties: { size: { type: 'integer' }, name: { type: 'string' } } } },
    }
    const made = await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
      },
    })
    expect([made.status, made.message]).toEqual([201, ''])
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { name: 'n' } }
    const path = '/apis/example.com/v1/namespaces/default/widgets'
    await expect
      .poll(async () => (await ask('POST', path, widget)).body)
      .toMatchObject({ spec: { name: 'n', size: 3 } })
  })

  it('refuse names of types that do not fit their place', async () => {
    const ask = await mutating([apply('Object{metadata: Object.spec{labels: Object.metadata.labels{}}}')])
    const { status, message } = await ask('POST', configMaps, configMap('x'))
    expect(status).toBe(403)
    expect(message).toContain("policy 'm' with binding 'mb' denied request: type mismatch: unexpected type name")
  })
})
