import { describe, expect, it } from 'vitest'
import { convertObject, internalMetadata } from '../src/index.ts'

const metadata = { name: 'a', namespace: 'default' }

describe('convertObject', () => {
  it('leaves an object alone that is in the version already', () => {
    const object = { apiVersion: 'v1', kind: 'Pod', metadata }
    expect(convertObject(object, 'v1')).toBe(object)
  })

  it('only renames versions with the same fields', () => {
    const spec = { devices: {} }
    const object = { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata, spec }
    const converted = convertObject(object, 'resource.k8s.io/v1beta2')
    expect(converted).toEqual({ ...object, apiVersion: 'resource.k8s.io/v1beta2' })
  })

  it('keeps an exact request of v1 in the request itself in v1beta1, and back', () => {
    const requests = [
      { name: 'r', exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1 } },
      { name: 'f', firstAvailable: [{ name: 'a', deviceClassName: 'gpu' }] },
    ]
    const object = {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata,
      spec: { devices: { requests } },
    }
    const older = convertObject(object, 'resource.k8s.io/v1beta1')
    expect(older).toHaveProperty('spec.devices.requests', [
      { name: 'r', deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1 },
      { name: 'f', deviceClassName: '', firstAvailable: [{ name: 'a', deviceClassName: 'gpu' }] },
    ])
    expect(convertObject(older, 'resource.k8s.io/v1')).toEqual(object)
  })

  it('keeps what a device has under basic in v1beta1, and back', () => {
    const spec = { driver: 'd', devices: [{ name: 'd0', capacity: { mem: { value: '1' } } }] }
    const object = { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', metadata: { name: 'a' }, spec }
    const older = convertObject(object, 'resource.k8s.io/v1beta1')
    expect(older).toHaveProperty('spec.devices', [{ name: 'd0', basic: { capacity: { mem: { value: '1' } } } }])
    expect(convertObject(older, 'resource.k8s.io/v1')).toEqual(object)
  })

  it('names the fields of events as each group has them', () => {
    const object = { apiVersion: 'v1', kind: 'Event', metadata, message: 'hi', involvedObject: { kind: 'Pod' } }
    const other = convertObject(object, 'events.k8s.io/v1')
    expect(other).toMatchObject({ note: 'hi', regarding: { kind: 'Pod' } })
    expect(other).not.toHaveProperty('message')
    expect(convertObject(other, 'v1')).toMatchObject({ message: 'hi', reportingComponent: '' })
  })
})

describe('internalMetadata', () => {
  const annotations = { 'deprecated.daemonset.template.generation': '1' }

  it('lacks what conversion writes into the annotations of daemon sets', () => {
    const object = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { ...metadata, annotations } }
    expect(internalMetadata(object)).toEqual(metadata)
  })

  it('is the metadata of every other object', () => {
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { ...metadata, annotations } }
    expect(internalMetadata(object)).toBe(object.metadata)
  })
})
