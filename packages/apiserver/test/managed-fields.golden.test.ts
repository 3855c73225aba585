import { readFileSync } from 'node:fs'
import { asConverted, resetFieldsOf, strategyFor } from '@kube-bonsai/api-strategies'
import { decode, scheme } from '@kube-bonsai/api-types'
import {
  type GroupVersionKind,
  type KubeObject,
  kindOfObject,
  parseApiVersion,
  StatusError,
} from '@kube-bonsai/apimachinery'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { builtInType, FieldManager, zeroObject } from '@kube-bonsai/patch'
import { expect, test } from 'vitest'

interface Case {
  readonly in: never
  readonly out: unknown
}

interface Step {
  readonly op: string
  readonly object: unknown
  readonly manager: string
  readonly force?: boolean
  readonly subresource?: string
  readonly live?: unknown
}

const now = '2001-02-03T04:05:06Z'
const context = { gates: createFeatureGates(), now }
const cases = (name: string): readonly Case[] =>
  readFileSync(new URL(`./golden/${name}.ndjson`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Case)

const read = (kind: GroupVersionKind, given: unknown): KubeObject => {
  const { object, typeErrors } = decode(scheme.loaded, kind, given)
  if (typeErrors[0] !== undefined) throw new Error(typeErrors[0])
  const { metadata = {}, ...rest } = Object(object)
  return asConverted(
    strategyFor(kind.group, kind.kind)?.default({ ...rest, metadata }, context) ?? { ...rest, metadata },
  )
}

const managerFor = (kind: GroupVersionKind, subresource: string): FieldManager =>
  new FieldManager({
    kind,
    subresource,
    typeIn: (apiVersion) =>
      builtInType(scheme.loaded, { ...kind, version: parseApiVersion(apiVersion)?.version ?? '' }),
    zero: () => zeroObject(scheme.loaded, kind),
    complete: (object) => read(kind, object),
    resetFields: resetFieldsOf(kind.group, kind.kind, subresource),
  })

async function step(
  live: KubeObject | undefined,
  { op, object, manager, force, subresource }: Step,
): Promise<KubeObject> {
  const kind = kindOfObject(Object(object))
  await scheme.load(kind.group, kind.version)
  const fields = managerFor(kind, subresource ?? '')
  return op === 'apply'
    ? fields.apply(live, object, manager, force === true, now)
    : fields.update(live, read(kind, object), manager, now)
}

function refused(error: unknown): object {
  if (!(error instanceof StatusError) || error.status.reason !== 'Conflict')
    return { error: error instanceof Error ? error.message : String(error) }
  return { conflict: error.message, causes: error.status.details?.causes }
}

test('sequences of applies and updates end as upstream ends them', async () => {
  for (const { in: question, out } of cases('ssa.merge')) {
    const { steps } = question as { readonly steps: readonly Step[] }
    const results: object[] = []
    let live: KubeObject | undefined
    for (const [index, next] of steps.entries()) {
      if (next.live !== undefined) live = read(kindOfObject(Object(next.live)), next.live)
      try {
        live = await step(live, next)
        results.push(
          index === steps.length - 1 ? { object: live } : { managedFields: live.metadata.managedFields ?? null },
        )
      } catch (error) {
        results.push(refused(error))
      }
    }
    const answer: unknown = JSON.parse(JSON.stringify({ steps: results }).replaceAll(now, '@now@'))
    expect({ question, answer }).toEqual({ question, answer: out })
  }
})

test('writes reset the fields that upstream resets', () => {
  for (const { in: question, out } of cases('object.resetFields')) {
    const { group, kind, subresource = '' } = question as { group: string; kind: string; subresource?: string }
    expect({ question, fields: resetFieldsOf(group, kind, subresource) }).toEqual({ question, fields: out })
  }
})
