import { scheme } from '@kube-bonsai/api-types'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import { describe, expect, test } from 'vitest'
import { deprecationWarning, isServed, withWarnings } from '../src/request/deprecation.ts'
import { withUniqueOwners } from '../src/request/owner-references.ts'

const resource = (group: string, version: string, kind: string) =>
  scheme.resources.find((info) => info.group === group && info.version === version && info.kind === kind)!

describe('a deprecated version', () => {
  test('is warned of in the words of upstream', () => {
    expect(deprecationWarning(resource('', 'v1', 'Endpoints'))).toBe(
      'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
    )
    expect(deprecationWarning(resource('networking.k8s.io', 'v1beta1', 'IPAddress'))).toBe(
      'networking.k8s.io/v1beta1 IPAddress is deprecated in v1.34+, unavailable in v1.37+',
    )
    expect(deprecationWarning(resource('networking.k8s.io', 'v1', 'IPAddress'))).toBeUndefined()
  })

  test('is warned of only where there is a route', () => {
    const endpoints = resource('', 'v1', 'Endpoints')
    expect(isServed(endpoints, 'list', '')).toBe(true)
    expect(isServed(endpoints, 'get', 'scale')).toBe(false)
  })
})

test('warnings go into the header, refusals included, and do not replace those that are there', () => {
  const refused = { status: 404, headers: {}, body: {} }
  expect(withWarnings(refused, ['say "a"', 'b']).headers).toEqual({ warning: '299 - "say \\"a\\"", 299 - "b"' })
  expect(withWarnings({ ...refused, headers: { warning: 'x' } }, ['a']).headers).toEqual({ warning: 'x' })
})

describe('owners that stand there twice', () => {
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u1' }
  const object = (ownerReferences: readonly object[]): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'it', ownerReferences } as KubeObject['metadata'],
  })

  test('are kept once, and the client is told', () => {
    const texts: string[] = []
    const kept = withUniqueOwners(object([owner, { ...owner }]), { warn: (text) => texts.push(text) })
    expect(kept.metadata.ownerReferences).toEqual([owner])
    expect(texts).toEqual([expect.stringMatching(/^\.metadata\.ownerReferences contains duplicate .*: u1$/)])
  })

  test('may differ in anything', () => {
    const given = object([owner, { ...owner, name: 'q' }])
    expect(withUniqueOwners(given, { warn: () => expect.unreachable() })).toBe(given)
  })
})
