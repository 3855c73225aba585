import { scheme } from '@kube-bonsai/api-types'
import { formatFieldError, type KubeObject } from '@kube-bonsai/apimachinery'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { beforeAll, expect, test } from 'vitest'
import { newMetadataErrors, strategyFor } from '../../src/index.ts'

beforeAll(async () => {
  await scheme.load('apiextensions.k8s.io', 'v1')
  await scheme.load('', 'v1')
})

const context = { gates: createFeatureGates(), now: '2024-01-01T00:00:00Z' }
const spec = { type: 'object', properties: { color: { type: 'string' } } }

type Json = Record<string, unknown>

const version = (name: string, schema: Json, more: Json = {}) => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: schema } } },
  ...more,
})

function definition(versions: readonly unknown[], more: Json = {}, metadata: Json = {}): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com', ...metadata },
    spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' }, versions, ...more },
  } as KubeObject
}

function prepared(crd: KubeObject): KubeObject {
  const strategy = strategyFor('apiextensions.k8s.io', 'CustomResourceDefinition')
  if (strategy === undefined) throw new Error('no strategy')
  return strategy.prepareForCreate(strategy.default(crd, context), context)
}

function errorsOf(crd: KubeObject): readonly string[] {
  const strategy = strategyFor('apiextensions.k8s.io', 'CustomResourceDefinition')
  if (strategy === undefined) throw new Error('no strategy')
  const object = prepared(crd)
  return [...newMetadataErrors(object, strategy, context), ...strategy.validate(object, context)].map(formatFieldError)
}

test('a sound definition gets its names and remembers what it stores', () => {
  const crd = prepared(definition([version('v1', spec)]))
  expect(errorsOf(definition([version('v1', spec)]))).toEqual([])
  expect(crd).toMatchObject({
    spec: { names: { singular: 'thing', listKind: 'ThingList' }, conversion: { strategy: 'None' } },
    status: { storedVersions: ['v1'] },
  })
})

const hoisted = 'spec.validation.openAPIV3Schema.properties[spec]'

test.each<[string, KubeObject, readonly string[]]>([
  [
    'what all versions share is named once',
    definition([version('v1', { ...spec, properties: { color: { type: 'text' } } })]),
    [
      `${hoisted}.properties[color].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`,
    ],
  ],
  [
    'what differs is named by its version',
    definition([version('v1', { type: 'object' }), version('v2', { type: 'array' })]),
    ['spec.versions[1].schema.openAPIV3Schema.properties[spec].items: Required value: must be specified'],
  ],
  [
    'another name',
    definition([version('v1', spec)], {}, { name: 'other.example.com' }),
    ['metadata.name: Invalid value: "other.example.com": must be spec.names.plural+"."+spec.group'],
  ],
  [
    'no storage version',
    definition([version('v2', spec)]),
    [
      expect.stringContaining('must have exactly one version marked as storage version') as unknown as string,
      'status.storedVersions: Invalid value: null: must have at least one stored version',
    ],
  ],
  [
    'a default that the schema refuses',
    definition([version('v1', { ...spec, properties: { color: { type: 'string', enum: ['a'], default: 'b' } } })]),
    [`${hoisted}.properties[color].default: Unsupported value: "b": supported values: "a"`],
  ],
  [
    'a default with unknown fields',
    definition([version('v1', { ...spec, default: { none: 1 } })]),
    [`${hoisted}.default: Invalid value: {"none":1}: must not have unknown fields`],
  ],
  [
    'a type under a junctor',
    definition([version('v1', { ...spec, anyOf: [{ properties: { x: { type: 'string' } } }] })]),
    [`${hoisted}.anyOf[0].properties[x].type: Forbidden: must be empty to be structural`],
  ],
  [
    'keys of a map that may lack',
    definition([
      version('v1', {
        type: 'array',
        items: { type: 'object', properties: { k: { type: 'string' } } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
      }),
    ]),
    [
      `${hoisted}.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
    ],
  ],
  [
    'a pattern that Go does not know',
    definition([version('v1', { type: 'string', pattern: '(?!x)' })]),
    [
      expect.stringContaining(
        "must be a valid regular expression, but isn't: error parsing regexp",
      ) as unknown as string,
    ],
  ],
  [
    'columns, scale and selectable fields',
    definition([
      version('v1', spec, {
        additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: 'x' }],
        subresources: { scale: { specReplicasPath: '.status.x', statusReplicasPath: '.status.x' } },
        selectableFields: [{ jsonPath: '.spec.none' }],
      }),
    ]),
    [
      'spec.subresources.scale.specReplicasPath: Invalid value: ".status.x": should be a json path under .spec',
      'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
      'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "x": must be a simple json path starting with .',
      'spec.selectableFields[0].jsonPath: Invalid value: ".spec.none": is an invalid path: does not refer to a valid field',
    ],
  ],
  [
    'a webhook without an address',
    definition([version('v1', spec)], {
      conversion: { strategy: 'Webhook', webhook: { clientConfig: {}, conversionReviewVersions: ['v9'] } },
    }),
    [
      'spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required',
      'spec.conversion.conversionReviewVersions: Invalid value: ["v9"]: must include at least one of v1, v1beta1',
    ],
  ],
  [
    'a group of the community without approval',
    definition([version('v1', spec)], { group: 'x.k8s.io' }, { name: 'things.x.k8s.io' }),
    [
      'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    ],
  ],
])('%s', (_, crd, errors) => {
  expect(errorsOf(crd)).toEqual(errors)
})

test('an established definition keeps its scope and kind; what was wrong before may stay', () => {
  const strategy = strategyFor('apiextensions.k8s.io', 'CustomResourceDefinition')
  const old = prepared(definition([version('v1', { type: 'array' })]))
  const status = {
    ...((old as unknown as Json)['status'] as Json),
    conditions: [{ type: 'Established', status: 'True' }],
  }
  const established = { ...old, status } as KubeObject
  const next = { ...established, spec: { ...(old as unknown as { spec: Json }).spec, scope: 'Cluster' } } as KubeObject
  const errors = strategy?.validateUpdate(next, established, context).map(formatFieldError)
  expect(errors?.at(-1)).toBe('spec.scope: Invalid value: "Cluster": field is immutable')
})
