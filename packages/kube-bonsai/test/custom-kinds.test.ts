import { ApplyError, Cluster } from 'kube-bonsai'
import { afterEach, describe, expect, test } from 'vitest'
import { bonsai } from './support/cli.ts'

const definition = (kind: string, plural = `${kind.toLowerCase()}s`) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${plural}.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: ${kind}, plural: ${plural}}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {size: {type: integer, maximum: 5}}}
    - {name: v2, served: false, storage: false, schema: {openAPIV3Schema: {type: object}}}
`
const widget = (name: string, size: unknown, version = 'v1') => `apiVersion: example.com/${version}
kind: Widget
metadata: {name: ${name}}
spec: {size: ${JSON.stringify(size)}}
`
const all = (...documents: readonly string[]) => documents.join('---\n')

let cluster: Cluster | undefined
afterEach(() => cluster?.close())

const messages = (error: unknown) =>
  (error as ApplyError).results.map((result) => (result.action === 'failed' ? result.error.message : result.action))

describe('apply of custom resources', () => {
  test('works right after their definition, and again', async () => {
    cluster = await Cluster.create()
    const results = await cluster.apply(all(definition('Widget'), widget('a', 3)))
    expect(results.map(({ action }) => action)).toEqual(['created', 'created'])
    expect((await cluster.apply(widget('a', 4))).map(({ action }) => action)).toEqual(['configured'])
    const widgets = { group: 'example.com', version: 'v1', resource: 'widgets', namespaced: true }
    const { spec } = await cluster.client.dynamic(widgets).namespace('default').get('a')
    expect(spec).toEqual({ size: 4 })
  })

  test('is refused by the schema, for unknown kinds, for versions that are not served and for names that are taken', async () => {
    cluster = await Cluster.create()
    const taken = definition('Widget', 'gadgets').replace('spec: {type', 'other: {type')
    const other = widget('a', 1).replace('kind: Widget', 'kind: Gizmo')
    const error = await cluster
      .apply(all(definition('Widget'), widget('a', 9), widget('a', 1, 'v2'), other, taken))
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ApplyError)
    expect(messages(error)).toEqual([
      'created',
      'Widget.example.com "a" is invalid: spec.size: Invalid value: 9: spec.size in body should be less than or equal to 5',
      'no matches for kind "Widget" in version "example.com/v2"',
      'no matches for kind "Gizmo" in version "example.com/v1"',
      'created',
    ])
  })

  test('says why a definition is not served', async () => {
    cluster = await Cluster.create()
    const rival = definition('Gadget').replace('plural: gadgets}', 'plural: gadgets, singular: widget}')
    const gadget = widget('a', 1).replace('kind: Widget', 'kind: Gadget')
    const error = await cluster.apply(all(definition('Widget'), rival, gadget)).catch((thrown: unknown) => thrown)
    expect(messages(error)).toEqual([
      'created',
      'created',
      'no matches for kind "Gadget" in version "example.com/v1": gadgets.example.com is refused: "widget" is already in use',
    ])
  })
})

test('bonsai run takes definitions before what they define', async () => {
  const text = all(widget('a', 3), definition('Widget'))
  expect(await bonsai(['run', '-f', '-'], text)).toMatchObject({ code: 0, err: '' })
})

test('bonsai validate checks custom resources by the definitions among the files', async () => {
  const text = all(widget('a', 9), definition('Widget'), widget('b', 2), definition('Widget'))
  const { code, out, err } = await bonsai(['validate'], text)
  expect(code).toBe(1)
  expect(out).toContain('spec.size in body should be less than or equal to 5')
  expect(err).toContain('4 objects checked: 1 problems')
})
