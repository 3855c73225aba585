import { formatFieldError, type Unstructured } from '@kube-bonsai/apimachinery'
import { describe, expect, test } from 'vitest'
import { convertObject, type ExpressionError, newMetadataErrors, type StrategyContext } from '../src/index.ts'
import { context, contextWith, defaulted, strategyOf } from './objects.ts'

const object = (apiVersion: string, kind: string, fields: object = {}, metadata: object = {}): Unstructured => ({
  apiVersion,
  kind,
  metadata: { name: 'it', ...metadata },
  ...fields,
})

const errorsOf = (given: Unstructured, by: StrategyContext = context): readonly string[] => {
  const strategy = strategyOf(given)
  return strategy.validate(strategy.prepareForCreate(defaulted(given, by), by), by).map(formatFieldError)
}

describe('match conditions', () => {
  const webhook = (expression: string): Unstructured =>
    object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
      webhooks: [
        {
          name: 'a.example.com',
          clientConfig: { url: 'https://example.com/hook' },
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          matchConditions: [{ name: 'c', expression }],
        },
      ],
    })

  test('are taken as they are without a checker', () => {
    expect(errorsOf(webhook('???'))).toEqual([])
    expect(errorsOf(webhook(' '))).toEqual(['webhooks[0].matchConditions[0].expression: Required value'])
  })

  test('are refused in the words of the checker', () => {
    const problem: ExpressionError = { type: 'invalid', detail: 'compilation failed' }
    const admissionExpressions = {
      admission: () => problem,
      policy: () => ({ check: () => problem, declare: () => problem }),
    }
    expect(errorsOf(webhook('???'), { ...context, admissionExpressions })).toEqual([
      'webhooks[0].matchConditions[0].expression: Invalid value: "???": compilation failed',
    ])
  })
})

describe('a webhook', () => {
  const errorsOfUrl = (url: string): readonly string[] =>
    errorsOf(
      object('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', {
        webhooks: [
          { name: 'a.example.com', clientConfig: { url }, sideEffects: 'None', admissionReviewVersions: ['v1'] },
        ],
      }),
    )

  test('is called by HTTPS, without user, query and fragment', () => {
    const at = 'webhooks[0].clientConfig.url: Invalid value'
    expect(errorsOfUrl('https://me@example.com/a?b#c')).toEqual([
      `${at}: "me": user information is not permitted in the URL`,
      `${at}: "c": fragments are not permitted in the URL`,
      `${at}: "b": query parameters are not permitted in the URL`,
    ])
    expect(errorsOfUrl('http://example.com')).toEqual([
      `${at}: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
    ])
    expect(errorsOfUrl('https://example.com:x')).toEqual([
      'webhooks[0].clientConfig.url: Required value: url must be a valid URL: parse "https://example.com:x": invalid port ":x" after host; desired format: https://host[/path]',
    ])
  })
})

describe('a CSI node', () => {
  const node = (count: number): Unstructured =>
    defaulted(
      object('storage.k8s.io/v1', 'CSINode', {
        spec: { drivers: [{ name: 'd', nodeID: 'n', topologyKeys: null, allocatable: { count } }] },
      }),
    )
  const errorsWith = (enabled: boolean): readonly string[] =>
    strategyOf(node(1))
      .validateUpdate(node(2), node(1), contextWith({ MutableCSINodeAllocatableCount: enabled }))
      .map(formatFieldError)

  test('may change what it can attach while the gate is on', () => {
    expect(errorsWith(true)).toEqual([])
    expect(errorsWith(false).join()).toContain('field is immutable')
  })
})

describe('a CSI driver', () => {
  const driver = (spec: object): Unstructured => object('storage.k8s.io/v1', 'CSIDriver', { spec })

  test('that asks for tokens is told where they belong', () => {
    const asks = driver({ tokenRequests: [{ audience: 'a' }] })
    const warned = (features: Readonly<Record<string, boolean>>): number =>
      strategyOf(asks).warningsOnCreate?.(defaulted(asks), contextWith(features)).length ?? 0
    expect(warned({ CSIServiceAccountTokenSecrets: true })).toBe(1)
    expect(warned({ CSIServiceAccountTokenSecrets: false })).toBe(0)
  })

  test('has no tokens in secrets that it does not ask for', () => {
    const by = contextWith({ CSIServiceAccountTokenSecrets: true })
    expect(errorsOf(driver({ serviceAccountTokenInSecrets: true }), by)).toEqual([
      'spec.serviceAccountTokenInSecrets: Invalid value: true: serviceAccountTokenInSecrets is set but no tokenRequests are specified',
    ])
  })
})

describe('an event', () => {
  const event = (fields: object): Unstructured =>
    object('v1', 'Event', { involvedObject: { namespace: 'default' }, ...fields }, { namespace: 'default' })

  test('of events.k8s.io needs its time and type, one of the core group does not', () => {
    expect(errorsOf(event({}))).toEqual([])
    expect(errorsOf(event({}), { ...context, requestGroup: 'events.k8s.io' })).toEqual([
      'eventTime: Required value',
      'type: Invalid value: "": has invalid value: ',
    ])
  })
})

describe('an API service', () => {
  test('is named after its version and group', () => {
    const spec = { group: 'example.com', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 }
    const service = object('apiregistration.k8s.io/v1', 'APIService', { spec })
    expect(newMetadataErrors(service, strategyOf(service), context).map(formatFieldError)).toEqual([
      'metadata.name: Invalid value: "it": must be `spec.version+"."+spec.group`: "v1.example.com"',
    ])
  })

  test('of the server itself is available at once', () => {
    const service = defaulted(object('apiregistration.k8s.io/v1', 'APIService', { spec: { version: 'v1' } }))
    expect(strategyOf(service).prepareForCreate(service, context)).toMatchObject({
      status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local' }] },
    })
  })
})

describe('a request for a certificate', () => {
  const request = (fields: object): Unstructured =>
    object('certificates.k8s.io/v1', 'CertificateSigningRequest', {
      spec: {
        request: btoa('-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n'),
        signerName: 'example.com/signer',
        usages: ['client auth'],
        ...fields,
      },
    })

  test('holds a PEM block of its kind and known usages', () => {
    expect(errorsOf(request({}))).toEqual([])
    expect(errorsOf(request({ request: btoa('x') })).join()).toContain('PEM block type must be CERTIFICATE REQUEST')
    expect(errorsOf(request({ usages: ['fun'] })).join()).toContain('spec.usages[0]: Unsupported value: "fun"')
  })

  test('is decided by approvals alone', () => {
    const old = defaulted(request({}))
    const conditions = [{ type: 'Approved', status: 'True', reason: 'Because' }]
    const approved = defaulted({ ...request({}), status: { conditions } })
    const { subresources } = strategyOf(old)
    const errors = (name: string): readonly string[] =>
      subresources[name]!.validateUpdate(approved, old, context).map(formatFieldError)
    expect(errors('approval')).toEqual([])
    expect(errors('status')).toEqual([
      'status.conditions: Forbidden: updates may not add a condition of type "Approved"',
    ])
  })
})

describe('an autoscaler', () => {
  test('of v1 gets a CPU goal of 80 when it has none', () => {
    const v1 = defaulted(object('autoscaling/v1', 'HorizontalPodAutoscaler', { spec: { maxReplicas: 3 } }))
    expect(convertObject(v1, 'autoscaling/v2')).toHaveProperty('spec.metrics', [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    ])
  })
})

test('the finalizers that a namespace is given by themselves are checked where they stand', () => {
  const namespace = defaulted({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'n' },
    spec: { finalizers: ['é'] },
  })
  const { finalize } = strategyOf(namespace).subresources
  const messages = finalize?.validateUpdate(namespace, namespace, context).map(formatFieldError) ?? []
  expect(messages.map((message) => message.slice(0, 42))).toEqual([
    'spec.finalizers[0]: Invalid value: "é": na',
    'spec.finalizers[0]: Invalid value: "é": na',
  ])
})
