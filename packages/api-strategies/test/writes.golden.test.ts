import { formatFieldError, type KubeObject } from '@kube-bonsai/apimachinery'
import { expect, test } from 'vitest'
import {
  asConverted,
  generalMetadataErrors,
  newMetadataErrors,
  type StrategyContext,
  updatedMetadataErrors,
} from '../src/index.ts'
import { contextWith, defaulted, recorded, strategyOf } from './objects.ts'

interface Case<Out> {
  readonly in: { readonly object: object; readonly old?: object; readonly subresource?: string }
  readonly out: Out
  readonly features?: Readonly<Record<string, boolean>>
}

interface Answer {
  /** Messages about the metadata. */
  readonly metadata: readonly string[]
  readonly warnings: readonly string[]
}

/** Without the fields that are undefined. */
const plain = (value: object): KubeObject => JSON.parse(JSON.stringify(value)) as KubeObject

/** A write as the registry carries it out: with what the server keeps of the stored object. */
function answer(
  { object: given, old: stored, subresource = '' }: Case<unknown>['in'],
  context: StrategyContext,
): Answer {
  const object = asConverted(defaulted(given, context))
  const strategy = strategyOf(object)
  if (stored === undefined) {
    const begun = strategy.prepareForCreate(object, context)
    const own = [...newMetadataErrors(begun, strategy, context), ...strategy.validate(begun, context)]
    const errors = [...own, ...generalMetadataErrors(begun, strategy)]
    return told(errors.map(formatFieldError), strategy.warningsOnCreate?.(begun, context))
  }
  const old = asConverted(defaulted(stored, context))
  const rules = subresource === '' ? strategy : strategy.subresources[subresource]!
  const { generation, uid, creationTimestamp, deletionTimestamp } = old.metadata
  const prepared = rules.prepareForUpdate(
    plain({ ...object, metadata: { ...object.metadata, generation } }),
    old,
    context,
  )
  const kept = { uid: prepared.metadata.uid || uid, creationTimestamp, deletionTimestamp }
  const updated = plain({ ...prepared, metadata: { ...prepared.metadata, ...kept } })
  const errors = [
    ...updatedMetadataErrors(updated, old, strategy, subresource, context),
    ...rules.validateUpdate(updated, old, context),
  ]
  return told(errors.map(formatFieldError), rules.warningsOnUpdate?.(updated, old, context))
}

const told = (messages: readonly string[], warnings: readonly string[] = []): Answer => ({
  metadata: messages.filter((message) => message.startsWith('metadata.')).sort(),
  warnings,
})

test('metadata is refused as often as the API server refuses it', () => {
  for (const { in: input, out, features } of recorded<Case<Pick<Answer, 'metadata'>>>('metadata-validate')) {
    const { metadata } = answer(input, contextWith(features))
    expect({ input, metadata }).toEqual({ input, metadata: [...out.metadata].sort() })
  }
})

test('warnings are those of the API server', () => {
  for (const { in: input, out, features } of recorded<Case<Pick<Answer, 'warnings'>>>('warnings')) {
    const { warnings } = answer(input, contextWith(features))
    expect({ input, warnings }).toEqual({ input, warnings: out.warnings })
  }
})
