import {
  asConverted,
  convertObject,
  fillZeroValues,
  generalMetadataErrors,
  newMetadataErrors,
  type Strategy,
  type StrategyContext,
  strategyFor,
  type UpdateStrategy,
  updatedMetadataErrors,
  withTemplateGeneration,
} from '@kube-bonsai/api-strategies'
import type { FieldError, GroupVersionKind, KubeObject } from '@kube-bonsai/apimachinery'
import { expressionChecker } from '@kube-bonsai/cel'
import type { Context, OracleFunction } from '../protocol/answer.ts'
import { decoded } from './decoded.ts'
import { define } from './define.ts'
import { fieldErrors } from './field-errors.ts'

function strategyOf({ group, version, kind }: GroupVersionKind): Strategy {
  const strategy = strategyFor(group, kind)
  if (strategy === undefined) throw new Error(`unsupported: strategy of ${kind}`)
  if (strategy.version !== version) throw new Error(`unsupported: conversion of ${group}/${version} ${kind}`)
  return strategy
}

/** The time of the request; where an answer shows it, it reads `@now@` as in the recordings. */
const contextOf = ({ gates }: Context): StrategyContext => ({
  gates,
  now: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  // The oracle is no server that a flag told so.
  allowPrivileged: false,
  user: { name: 'oracle', uid: 'oracle-uid', groups: ['system:authenticated'] },
  expressions: expressionChecker,
  admissionExpressions: expressionChecker,
  namespaceLabels: (name) => namespaces.get(name),
})

/** The namespaces that the oracle knows. */
const namespaces = new Map([
  ['default', {}],
  ['admin', { 'resource.kubernetes.io/admin-access': 'true' }],
])

const withoutNow = (value: unknown, { now }: StrategyContext): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(JSON.stringify(now), '"@now@"'))

interface ValidateInput {
  readonly object: unknown
  readonly old?: unknown
  readonly subresource?: string
}

interface Validated {
  readonly result: KubeObject
  readonly errors: readonly FieldError[]
  readonly warnings: readonly string[]
  readonly strategyErrors?: number
}

function created(object: KubeObject, strategy: Strategy, context: StrategyContext): Validated {
  const result = strategy.prepareForCreate(object, context)
  const own = [...newMetadataErrors(result, strategy, context), ...strategy.validate(result, context)]
  const errors = [...own, ...generalMetadataErrors(result, strategy)]
  return { result, errors, warnings: strategy.warningsOnCreate?.(result, context) ?? [], strategyErrors: own.length }
}

function updated(
  object: KubeObject,
  old: KubeObject,
  strategy: Strategy,
  update: UpdateStrategy,
  subresource: string,
  context: StrategyContext,
): Validated {
  const { generation, uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds } = old.metadata
  const prepared = update.prepareForUpdate(
    { ...object, metadata: defined({ ...object.metadata, generation }) },
    old,
    context,
  )
  const result = {
    ...prepared,
    metadata: defined({
      ...prepared.metadata,
      uid: prepared.metadata.uid || uid,
      creationTimestamp: creationTimestamp ?? prepared.metadata.creationTimestamp,
      deletionTimestamp: deletionTimestamp ?? prepared.metadata.deletionTimestamp,
      deletionGracePeriodSeconds: prepared.metadata.deletionGracePeriodSeconds ?? deletionGracePeriodSeconds,
    }),
  }
  const errors = [
    ...updatedMetadataErrors(result, old, strategy, subresource, context),
    ...update.validateUpdate(result, old, context),
  ]
  return { result, errors, warnings: update.warningsOnUpdate?.(result, old, context) ?? [] }
}

/** Without the fields that are undefined. */
const defined = (fields: Readonly<Record<string, unknown>>): KubeObject['metadata'] =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** Defaulting and validation. */
export const objectFunctions: Readonly<Record<string, OracleFunction>> = {
  'object.default': define<{ readonly object: unknown }>(async ({ object: given }, context) => {
    const { object, kind, strict } = await decoded(given)
    const strategy = strategyFor(kind.group, kind.kind)
    if (strategy === undefined) throw new Error(`unsupported: defaults of ${kind.kind}`)
    const request = contextOf(context)
    return {
      decoded: fillZeroValues(object, request),
      defaulted: withoutNow(strategy.default(object, request), request),
      ...(strict.length === 0 ? {} : { strict }),
    }
  }),
  'object.convert': define<{ readonly object: unknown; readonly to: string }>(
    async ({ object: given, to }, context) => {
      const { object, kind } = await decoded(given)
      const strategy = strategyFor(kind.group, kind.kind)
      if (strategy === undefined) throw new Error(`unsupported: conversion of ${kind.kind}`)
      const request = contextOf(context)
      return { object: withoutNow(convertObject(asConverted(strategy.default(object, request)), to), request) }
    },
  ),
  'object.validate': define<ValidateInput>(async ({ object: given, old: givenOld, subresource }, context) => {
    const { object, kind, strict } = await decoded(given)
    const strategy = strategyOf(kind)
    const update = subresource ? strategy.subresources[subresource] : strategy
    if (update === undefined) throw new Error(`unsupported: strategy of ${kind.kind}/${subresource}`)
    const request = contextOf(context)
    const defaulted = strategy.default(object, request)
    const wanted = asConverted(defaulted)
    const old =
      givenOld === undefined ? undefined : asConverted(strategy.default((await decoded(givenOld)).object, request))
    const { errors, ...rest } =
      old === undefined
        ? created(wanted, strategy, request)
        : updated(wanted, old, strategy, update, subresource ?? '', request)
    return {
      // The oracle defaults through the internal form.
      defaulted: withoutNow(wanted, request),
      ...rest,
      result: withoutNow(withTemplateGeneration(rest.result, old), request),
      errors: fieldErrors(errors),
      ...(strict.length === 0 ? {} : { strict }),
    }
  }),
}
