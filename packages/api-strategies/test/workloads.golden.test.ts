import { formatFieldError } from '@kube-bonsai/apimachinery'
import { expect, test } from 'vitest'
import { asConverted } from '../src/index.ts'
import { contextWith, defaulted, recorded, strategyOf } from './objects.ts'

interface Case {
  readonly in: { readonly object: object; readonly old?: object; readonly subresource?: string }
  readonly out: { readonly errors: readonly { readonly message: string }[] }
  readonly features?: Readonly<Record<string, boolean>>
}

const ofMetadata = /^metadata\./

function errorsOf({ object: given, old: stored, subresource }: Case['in'], features: Case['features']) {
  const context = contextWith(features)
  const object = asConverted(defaulted(given, context))
  const strategy = strategyOf(object)
  if (stored === undefined) return strategy.validate(strategy.prepareForCreate(object, context), context)
  const old = asConverted(defaulted(stored, context))
  const rules = subresource === undefined ? strategy : strategy.subresources[subresource]!
  const prepared = rules.prepareForUpdate(object, old, context)
  const { uid } = old.metadata
  const updated = uid === undefined ? prepared : { ...prepared, metadata: { uid, ...prepared.metadata } }
  return rules.validateUpdate(updated, old, context)
}

test('workloads, claims of devices and their like are refused in the words of the API server, in its order', () => {
  for (const { in: input, out, features } of recorded<Case>('workloads-validate')) {
    const own = (messages: readonly string[]) => [...new Set(messages.filter((text) => !ofMetadata.test(text)))]
    const got = own(errorsOf(input, features).map(formatFieldError))
    expect({ input, got }).toEqual({ input, got: own(out.errors.map(({ message }) => message)) })
  }
})
