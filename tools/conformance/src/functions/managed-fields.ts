import { asConverted, resetFieldsOf, strategyFor } from '@kube-bonsai/api-strategies'
import { decode, scheme } from '@kube-bonsai/api-types'
import {
  type GroupVersionKind,
  type KubeObject,
  kindOfObject,
  parseApiVersion,
  StatusError,
} from '@kube-bonsai/apimachinery'
import { builtInType, FieldManager, zeroObject } from '@kube-bonsai/patch'
import type { Context, OracleFunction } from '../protocol/answer.ts'
import { decoded } from './decoded.ts'
import { define } from './define.ts'

interface Step {
  readonly op: 'apply' | 'update' | 'create'
  readonly object: unknown
  readonly manager: string
  readonly force?: boolean
  readonly subresource?: string
  readonly live?: unknown
}

/** Where an answer shows this time, it was read from the clock. */
const now = '2001-02-03T04:05:06Z'

const withoutNow = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(now, '@now@'))

async function managerFor(kind: GroupVersionKind, subresource: string, context: Context): Promise<FieldManager> {
  const types = await scheme.load(kind.group, kind.version)
  const strategy = strategyFor(kind.group, kind.kind)
  if (strategy === undefined) throw new Error(`unsupported: defaults of ${kind.kind}`)
  const request = { gates: context.gates, now }
  const { group, kind: name } = kind
  return new FieldManager({
    kind,
    subresource,
    typeIn: (apiVersion) =>
      builtInType(types, { group, version: parseApiVersion(apiVersion)?.version ?? '', kind: name }),
    zero: () => zeroObject(types, kind),
    complete: (object) => asConverted(strategy.default(decodedNow(kind, object), request)),
    resetFields: resetFieldsOf(group, name, subresource),
  })
}

const decodedNow = (kind: GroupVersionKind, object: KubeObject): KubeObject => {
  const { object: read, typeErrors } = decode(scheme.loaded, kind, object)
  const [wrong] = typeErrors
  if (wrong !== undefined) throw new Error(wrong)
  const { metadata = {}, ...rest } = Object(read)
  return { ...rest, metadata }
}

async function afterStep(live: KubeObject | undefined, step: Step, context: Context): Promise<KubeObject> {
  const kind = kindOfObject(Object(step.object))
  const manager = await managerFor(kind, step.subresource ?? '', context)
  if (step.op === 'apply') {
    const applied = manager.apply(live, step.object, step.manager, step.force === true, now)
    // What is stored is defaulted, even where an apply changed nothing.
    return strategyFor(kind.group, kind.kind)?.default(applied, { gates: context.gates, now }) ?? applied
  }
  return manager.updateStrictly(live, await defaulted(step.object, context), step.manager, now)
}

async function defaulted(given: unknown, { gates }: Context): Promise<KubeObject> {
  const { object, kind } = await decoded(given)
  const strategy = strategyFor(kind.group, kind.kind)
  if (strategy === undefined) throw new Error(`unsupported: defaults of ${kind.kind}`)
  return asConverted(strategy.default(object, { gates, now }))
}

function refusal(error: unknown): object {
  if (!(error instanceof Error) || error.constructor === TypeError) throw error
  if (!(error instanceof StatusError) || error.status.reason !== 'Conflict') return { error: error.message }
  return { conflict: error.message, causes: error.status.details?.causes ?? [] }
}

/** Server-side apply, and who owns which fields. */
export const managedFieldsFunctions: Readonly<Record<string, OracleFunction>> = {
  'object.resetFields': define<{ readonly group: string; readonly kind: string; readonly subresource?: string }>(
    ({ group, kind, subresource = '' }) => resetFieldsOf(group, kind, subresource),
  ),
  'ssa.merge': define<{ readonly steps: readonly Step[] }>(async ({ steps }, context) => {
    let live: KubeObject | undefined
    const results: object[] = []
    for (const [index, step] of steps.entries()) {
      if (step.live !== undefined) live = await defaulted(step.live, context)
      try {
        live = await afterStep(live, step, context)
        const last = index === steps.length - 1
        results.push(last ? { object: live } : { managedFields: live.metadata.managedFields ?? null })
      } catch (error) {
        results.push(refusal(error))
      }
    }
    return { steps: withoutNow(results) }
  }),
}
