import { beforeAll, describe, expect, test } from 'vitest'
import { decode, scheme, strictDecodingMessage, type TypeResolver, UnknownKindError } from '../src/index.ts'

const pod = { group: '', version: 'v1', kind: 'Pod' }
const deployment = { group: 'apps', version: 'v1', kind: 'Deployment' }
let types: TypeResolver
beforeAll(async () => {
  types = await scheme.loadAll()
})

describe('decode', () => {
  test('drops unknown fields and names them', () => {
    const value = { spec: { foo: 1, containers: [{ name: 'a', Image: 'x', ports: [{ extra: {} }] }] } }
    const result = decode(types, pod, value)
    expect(result.object).toEqual({ spec: { containers: [{ name: 'a', ports: [{}] }] } })
    expect(result.unknownFields).toEqual(['spec.foo', 'spec.containers[0].Image', 'spec.containers[0].ports[0].extra'])
    expect(strictDecodingMessage(['spec.foo'])).toBe('strict decoding error: unknown field "spec.foo"')
  })

  test('shares what it does not change', () => {
    const value = { metadata: { name: 'a', labels: { x: 'y' } }, spec: { containers: [{ name: 'a' }], bad: 1 } }
    const { object } = decode(types, pod, value)
    expect((object as typeof value).metadata).toBe(value.metadata)
    expect((object as typeof value).spec.containers).toBe(value.spec.containers)
  })

  test('counts null and zero values as Go does', () => {
    const value = {
      spec: { replicas: 0, paused: false, selector: null, template: { spec: { containers: [], nodeName: '' } } },
    }
    expect(decode(types, deployment, value).object).toEqual({
      spec: { replicas: 0, template: { spec: { containers: [] } } },
    })
    expect(decode(types, pod, { metadata: { labels: { a: null } } }).object).toEqual({
      metadata: { labels: { a: '' } },
    })
  })

  test.each([
    [deployment, { spec: { replicas: 'x' } }, 'string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    [
      deployment,
      { spec: { replicas: 1.5 } },
      'number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [pod, { spec: [] }, 'array into Go struct field Pod.spec of type v1.PodSpec'],
    [pod, { spec: { containers: {} } }, 'object into Go struct field PodSpec.spec.containers of type []v1.Container'],
    [pod, { metadata: { labels: { a: 1 } } }, 'number into Go struct field ObjectMeta.metadata.labels of type string'],
    [
      pod,
      { spec: { containers: [{ ports: [{ protocol: 1 }] }] } },
      'number into Go struct field ContainerPort.spec.containers.ports.protocol of type v1.Protocol',
    ],
    [
      pod,
      { spec: { containers: [{ livenessProbe: { exec: 'x' } }] } },
      'string into Go struct field Probe.spec.containers.livenessProbe.ProbeHandler.exec of type v1.ExecAction',
    ],
    [pod, [], 'array into Go value of type v1.Pod'],
  ])('reports %j with Go’s text: %#', (kind, value, text) => {
    expect(decode(types, kind, value).typeErrors).toEqual([`json: cannot unmarshal ${text}`])
  })

  test('puts quantities and times into canonical form', () => {
    const limits = { cpu: 0.5, memory: '1024Mi' }
    const value = {
      metadata: { creationTimestamp: '2026-01-02T04:04:05.5+01:00' },
      spec: { containers: [{ resources: { limits } }] },
    }
    expect(decode(types, pod, value).object).toEqual({
      metadata: { creationTimestamp: '2026-01-02T03:04:05Z' },
      spec: { containers: [{ resources: { limits: { cpu: '500m', memory: '1Gi' } } }] },
    })
    expect(decode(types, pod, { spec: { overhead: { cpu: 'much' } } }).typeErrors[0]).toMatch(/^quantities must match/)
  })

  test.each([
    ['AAEC', undefined],
    ['AA\nE=', undefined],
    ['AAECx', 4],
    ['AAE', 0],
    ['A=', 1],
    ['AA=x', 2],
    ['AA=', 3],
    ['AAE=x', 4],
    ['A-', 1],
  ])('names the place where %j is no base64', (data, place) => {
    const { typeErrors } = decode(types, { ...pod, kind: 'Secret' }, { data: { data } })
    expect(typeErrors).toEqual(place === undefined ? [] : [`illegal base64 data at input byte ${place}`])
  })

  test('takes hostile keys as what they are', () => {
    const value = JSON.parse(
      '{"metadata":{"annotations":{"__proto__":"a","constructor":null}},"__proto__":1,"toString":2}',
    )
    const result = decode(types, pod, value)
    expect(result.unknownFields).toEqual(['__proto__', 'toString'])
    expect(JSON.stringify(result.object)).toBe('{"metadata":{"annotations":{"__proto__":"a","constructor":""}}}')
  })

  test('refuses a document that nests too deep', () => {
    const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)
    expect(decode(types, pod, { foo: deep(9_000) }).typeErrors).toEqual([])
    expect(decode(types, pod, { foo: deep(10_001) }).typeErrors).toEqual(['exceeded max depth'])
  })

  test('refuses a kind that is not there', () => {
    expect(() => decode(types, { ...pod, kind: 'Pods' }, {})).toThrow(UnknownKindError)
  })
})
