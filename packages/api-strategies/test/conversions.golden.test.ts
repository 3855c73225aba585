import { expect, test } from 'vitest'
import { asConverted, convertObject } from '../src/index.ts'
import { context, defaulted, recorded } from './objects.ts'

interface Case {
  readonly in: { readonly object: object; readonly to: string }
  readonly out: { readonly object: object }
}

const withoutNulls = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, part) => (part === null ? undefined : part))

test('objects become in other versions what upstream makes of them', () => {
  for (const { in: input, out } of recorded<Case>('object-convert')) {
    const got = convertObject(asConverted(defaulted(input.object, context)), input.to)
    expect({ input, got: withoutNulls(got) }).toEqual({ input, got: withoutNulls(out.object) })
  }
})
