import { asConverted, asStored } from '@kube-bonsai/api-strategies'
import { scheme } from '@kube-bonsai/api-types'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import { expect, test } from 'vitest'

await Promise.all([scheme.load('', 'v1'), scheme.load('apps', 'v1'), scheme.load('discovery.k8s.io', 'v1')])

const object = (apiVersion: string, kind: string, fields: object, metadata: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x', ...metadata },
  ...fields,
})

test('lists that JSON always shows are null when they hold nothing', () => {
  const slice = (fields: object) => object('discovery.k8s.io/v1', 'EndpointSlice', fields)
  expect(asStored(slice({ endpoints: [], ports: [] }), undefined)).toEqual(slice({ endpoints: null, ports: null }))
  const full = slice({ endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 1 }] })
  expect(asStored(full, undefined)).toBe(full)
})

test('an object without such lists is left alone', () => {
  const map = object('v1', 'ConfigMap', { data: { a: '' } })
  expect(asStored(map, undefined)).toBe(map)
})

test('a daemon set counts the changes of its template', () => {
  const generation = ({ metadata }: KubeObject) => metadata.annotations?.['deprecated.daemonset.template.generation']
  const set = (image: string, replicas = 0) =>
    object('apps/v1', 'DaemonSet', {
      spec: { minReadySeconds: replicas, selector: {}, template: { metadata: {}, spec: { containers: [{ image }] } } },
    })
  const first = asStored(asConverted(set('a')), undefined)
  const second = asStored(set('b'), first)
  expect([generation(first), generation(second), generation(asStored(set('b', 3), second))]).toEqual(['1', '2', '2'])
})

test('what the API says twice is said alike', () => {
  expect(asConverted(object('v1', 'Secret', { stringData: { a: 'x' }, data: { b: 'eQ==' } }))).toEqual(
    object('v1', 'Secret', { data: { b: 'eQ==', a: 'eA==' } }),
  )
  expect(asConverted(object('v1', 'Node', { spec: { podCIDR: '10.0.0.0/24' } }))).toMatchObject({
    spec: { podCIDRs: ['10.0.0.0/24'] },
  })
  expect(asConverted(object('v1', 'Pod', { spec: { serviceAccount: 'a' } }))).toMatchObject({
    spec: { serviceAccount: 'a', serviceAccountName: 'a' },
  })
})
