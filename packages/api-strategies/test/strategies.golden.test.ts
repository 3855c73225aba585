import {
  FieldPath,
  formatFieldError,
  type KubeObject,
  type ObjectMeta,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '@kube-bonsai/apimachinery'
import { expect, test } from 'vitest'
import { contextWith, decoded, defaulted, now, recorded, strategyOf } from './objects.ts'

interface Case<In, Out> {
  readonly in: In
  readonly out: Out
  readonly features?: Readonly<Record<string, boolean>>
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Nulls mean that Go has nothing there; objects of these packages leave such fields out. */
const withoutNulls = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, part) => (part === null ? undefined : part))

test('defaults are those of the API server', () => {
  for (const { in: input, out, features } of recorded<Case<{ object: object }, object>>('object-default')) {
    const got = plain(defaulted(input.object, contextWith(features)))
    expect({ input, got: withoutNulls(got) }).toEqual({ input, got: withoutNulls(out) })
  }
})

interface Write {
  readonly object: object
  readonly old?: object
  readonly subresource?: string
}

function errorsOf(write: Write, features: Readonly<Record<string, boolean>> | undefined): readonly string[] {
  const context = contextWith(features)
  const path = FieldPath.of('metadata')
  const object = defaulted(write.object, context)
  const strategy = strategyOf(object)
  const validateName = (name: string, prefix: boolean): readonly string[] =>
    strategy.validateName(name, prefix, context)
  const options = { namespaced: strategy.namespaced, validateName, path }
  if (write.old === undefined) {
    const created = strategy.prepareForCreate(object, context)
    return [...strategy.validate(created, context), ...validateObjectMeta(created.metadata, options)].map(
      formatFieldError,
    )
  }
  const old = defaulted(write.old, context)
  const rules = write.subresource === undefined ? strategy : strategy.subresources[write.subresource]!
  const updated = withServerFields(rules.prepareForUpdate(object, old, context), old)
  const errors = [
    ...rules.validateUpdate(updated, old, context),
    ...validateObjectMetaUpdate(updated.metadata, old.metadata, path),
  ]
  return errors.map(formatFieldError)
}

/** What the registry carries over from the stored object whatever the client sent. */
function withServerFields(object: KubeObject, old: KubeObject): KubeObject {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds } = old.metadata
  const kept = { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds }
  return { ...object, metadata: plain({ ...object.metadata, ...(plain(kept) as object) }) as ObjectMeta }
}

test('validation refuses what the API server refuses, with its words', () => {
  for (const { in: input, out, features } of recorded<Case<Write, { errors: string[] }>>('object-validate')) {
    const got = [...new Set(errorsOf(input, features))].sort()
    expect({ input, got }).toEqual({ input, got: [...new Set(out.errors)].sort() })
  }
})

test('tables are those of the API server', () => {
  const millis = Date.parse(now)
  const ago = (text: string): string =>
    text.replace(
      /@ago:(-?\d+)@/g,
      (_, seconds: string) => `${new Date(millis - Number(seconds) * 1000).toISOString().slice(0, 19)}Z`,
    )
  for (const { in: input, out } of recorded<Case<{ objects: KubeObject[] }, object>>('printers-table')) {
    const objects = (JSON.parse(ago(JSON.stringify(input.objects))) as KubeObject[]).map((object) => decoded(object))
    const { table } = strategyOf(objects[0]!)
    const columns = table!.columns.map(({ description: _, ...column }) => column)
    const rows = objects.map((object) => table!.row(defaulted(object), millis))
    expect({ input, got: plain({ columns, rows }) }).toEqual({ input, got: out })
  }
})
