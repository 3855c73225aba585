import type { JsonObject } from '@kube-bonsai/apimachinery'
import { expect, test } from 'vitest'
import { UnknownGroupVersionError } from '../src/index.ts'
import { openApiV2, openApiV3, openApiV3Index } from '../src/openapi/index.ts'

const at = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((part, key) => (part as JsonObject | undefined)?.[key], value)

test('v3 tells kubectl that patches of a kind take fieldValidation', async () => {
  const document = await openApiV3('apps', 'v1')
  const patch = at(document, 'paths', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}', 'patch')
  expect(at(patch, 'x-kubernetes-group-version-kind')).toEqual({ group: 'apps', kind: 'Deployment', version: 'v1' })
  expect(at(patch, 'x-kubernetes-action')).toBe('patch')
  expect((at(patch, 'parameters') as readonly JsonObject[]).map(({ name }) => name)).toContain('fieldValidation')
})

test('v3 carries kinds, defaults, list keys and patch metadata', async () => {
  const schemas = at(await openApiV3('', 'v1'), 'components', 'schemas')
  expect(at(schemas, 'io.k8s.api.core.v1.Pod', 'x-kubernetes-group-version-kind')).toEqual([
    { group: '', kind: 'Pod', version: 'v1' },
  ])
  expect(at(schemas, 'io.k8s.api.core.v1.PodSpec', 'properties', 'containers')).toEqual({
    type: 'array',
    items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }], default: {} },
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-patch-strategy': 'merge',
  })
})

test('every reference of a document is answered in it', async () => {
  for (const [document, schemas] of [
    [await openApiV2(), 'definitions'],
    [await openApiV3('apiextensions.k8s.io', 'v1'), 'components'],
  ] as const) {
    const found = schemas === 'definitions' ? at(document, schemas) : at(document, schemas, 'schemas')
    for (const [, name] of JSON.stringify(document).matchAll(
      /"\$ref":"#\/(?:definitions|components\/schemas)\/([^"]+)"/g,
    ))
      expect(Object.hasOwn(found as object, name ?? ''), name).toBe(true)
  }
})

test('the index names each document with its hash', async () => {
  const index = await openApiV3Index((text) => String(text.length), [{ group: 'apps', version: 'v1' }])
  expect(index).toEqual({
    paths: {
      'apis/apps/v1': { serverRelativeURL: expect.stringMatching(/^\/openapi\/v3\/apis\/apps\/v1\?hash=\d+$/) },
    },
  })
})

test('an unknown group gives no document', async () => {
  await expect(openApiV3('nobody', 'v1')).rejects.toBeInstanceOf(UnknownGroupVersionError)
})
