import {
  byResourceVersion,
  compareResourceVersions,
  isResourceVersion,
  parseResourceVersion,
  ResourceVersionError,
  resourceVersionsEqual,
} from '@kube-bonsai/resource-version'
import { expect, test } from 'vitest'

test('versions count, they do not sort as text', () => {
  expect(compareResourceVersions('9', '10')).toBe(-1)
  expect(compareResourceVersions('100', '99')).toBe(1)
  expect(compareResourceVersions('18446744073709551616', '18446744073709551615')).toBe(1)
  expect(resourceVersionsEqual('7', '7')).toBe(true)
})

test('the first malformed version is named', () => {
  expect(() => compareResourceVersions('0', '1')).toThrow('resource version is not well formed: 0')
  expect(() => compareResourceVersions('100', '0100')).toThrow('resource version is not well formed: 0100')
  expect(() => compareResourceVersions('', 'x')).toThrow(new ResourceVersionError(''))
})

test.each(['', '0', '01', '+1', '-1', '1a', '1 ', '1\n', '１', '1.0', '1e3', 1, null, undefined, ['1'], { length: 1 }])(
  '%j is no resource version',
  (value) => {
    expect(isResourceVersion(value)).toBe(false)
    expect(() => parseResourceVersion(value)).toThrow(ResourceVersionError)
  },
)

test('objects sort by age', () => {
  const objects = ['10', '9', '111', '1'].map((resourceVersion) => ({ metadata: { resourceVersion } }))
  expect(objects.sort(byResourceVersion).map((object) => object.metadata.resourceVersion)).toEqual([
    '1',
    '9',
    '10',
    '111',
  ])
  expect(() => byResourceVersion({}, { metadata: { resourceVersion: '1' } })).toThrow(ResourceVersionError)
})
