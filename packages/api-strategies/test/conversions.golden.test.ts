import { parseApiVersion } from '@kube-bonsai/apimachinery'
import { expect, test } from 'vitest'
import { asConverted, convertObject } from '../src/index.ts'
import { contextWith, defaulted, recorded, strategyOf } from './objects.ts'

interface Case {
  readonly in: { readonly object: object; readonly to: string }
  readonly out: { readonly object: object }
}

/** Nulls mean that Go has nothing there. */
const withoutNulls = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, part) => (part === null ? undefined : part))

test('objects are converted as the API server converts them, through the version in which they are kept', () => {
  for (const { in: input, out } of recorded<Case>('object-convert')) {
    const object = asConverted(defaulted(input.object, contextWith()))
    const { group, version } = strategyOf(object)
    const hub = group === '' ? version : `${group}/${version}`
    const { group: own } = parseApiVersion(object.apiVersion)!
    const kept = own === 'events.k8s.io' ? 'v1' : hub
    const got = convertObject(convertObject(object, kept), input.to)
    expect({ input, got: withoutNulls(got) }).toEqual({ input, got: withoutNulls(out.object) })
  }
})
