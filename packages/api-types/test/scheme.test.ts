import type { KubeObject } from '@kube-bonsai/apimachinery'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { Deployment } from '../src/generated/apps/v1.ts'
import type { Pod } from '../src/generated/core/v1.ts'
import { isKind, type ResourceTypes, scheme, UnknownGroupVersionError } from '../src/index.ts'

describe('scheme', () => {
  test('lists every resource of discovery, the core group first', () => {
    expect(scheme.resources).toHaveLength(90)
    expect(scheme.groups[0]).toEqual({ group: '', versions: ['v1'], servedByDefault: ['v1'] })
    expect(scheme.groups.find(({ group }) => group === 'autoscaling')?.versions).toEqual(['v2', 'v1'])
  })

  test('knows subresources whose body is another kind', () => {
    const deployments = scheme.byResource({ group: 'apps', version: 'v1', resource: 'deployments' })
    expect(deployments?.subresources.map(({ name, kind }) => [name, kind.group, kind.kind])).toEqual([
      ['scale', 'autoscaling', 'Scale'],
      ['status', 'apps', 'Deployment'],
    ])
    expect(deployments?.storageVersionHash).toMatch(/=$/)
  })

  test('finds a resource by plural, singular, short name, version and group', () => {
    const found = (word: string): string | undefined => scheme.find(word)?.type
    expect(found('po')).toBe('io.k8s.api.core.v1.Pod')
    expect(found('Deployment')).toBe('io.k8s.api.apps.v1.Deployment')
    expect(found('deployments.v1.apps')).toBe('io.k8s.api.apps.v1.Deployment')
    expect(found('events')).toBe('io.k8s.api.core.v1.Event')
    expect(found('events.events.k8s.io')).toBe('io.k8s.api.events.v1.Event')
    for (const word of ['', 'constructor', '__proto__', 'pods.apps', '.']) expect(found(word)).toBeUndefined()
  })

  test('serves no alpha or beta version by default', () => {
    const off = scheme.resources.filter(({ servedByDefault }) => !servedByDefault)
    expect(off.length).toBeGreaterThan(0)
    expect(off.every(({ version }) => /alpha|beta/.test(version))).toBe(true)
  })

  test('refuses a group and version that is not built in', async () => {
    await expect(scheme.load('apps', 'v9')).rejects.toBeInstanceOf(UnknownGroupVersionError)
    await expect(scheme.load('__proto__', 'v1')).rejects.toBeInstanceOf(UnknownGroupVersionError)
  })

  test('has a type behind every resource', async () => {
    const types = await scheme.loadAll()
    for (const info of scheme.resources) expect(types.typeOf(info)?.name).toBe(info.type)
    expect(types.typeOf({ group: 'apps', version: 'v1', kind: 'DeleteOptions' })?.everyGroup).toBe(true)
  })

  test('every kind is an object of the API, and isKind narrows to it', () => {
    expectTypeOf<ResourceTypes[keyof ResourceTypes]>().toExtend<KubeObject>()
    expectTypeOf<ResourceTypes['apps/v1/deployments']>().toEqualTypeOf<Deployment>()
    const object: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: {} }
    if (isKind(object, 'v1', 'Pod')) expectTypeOf(object).toEqualTypeOf<Pod>()
    expect(isKind(object, 'v1', 'Pod')).toBe(true)
    expect(isKind(object, 'apps/v1', 'Deployment')).toBe(false)
  })
})
