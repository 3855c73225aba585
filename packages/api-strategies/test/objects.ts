import { readFileSync } from 'node:fs'
import { decode, scheme, type TypeResolver } from '@kube-bonsai/api-types'
import type { KubeObject, Unstructured } from '@kube-bonsai/apimachinery'
import { parseApiVersion } from '@kube-bonsai/apimachinery'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { type Strategy, type StrategyContext, strategyFor } from '../src/index.ts'

/** The types of every group; strategies need them loaded. */
export const types: TypeResolver = await scheme.loadAll()

/** The time of every test. */
export const now = '2026-11-23T06:00:00Z'

/** A context with v1.35's gates, and those set that a case names. */
export function contextWith(features: Readonly<Record<string, boolean>> = {}): StrategyContext {
  return { gates: createFeatureGates({ set: features }), now }
}

export const context: StrategyContext = contextWith()

/** An object as the decoder hands it on, frozen so that a rule that writes to it fails. */
export function decoded(object: unknown): KubeObject {
  const { apiVersion, kind } = object as { apiVersion: string; kind: string }
  const result = decode(types, { ...parseApiVersion(apiVersion)!, kind }, object)
  if (result.typeErrors.length > 0) throw new Error(result.typeErrors[0])
  return freeze(result.object) as unknown as KubeObject
}

/** Freezes a value and everything inside it. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) freeze(part)
  return Object.freeze(value)
}

/** The strategy of a kind that there must be. */
export function strategyOf(object: { readonly apiVersion: string; readonly kind: string }): Strategy {
  return strategyFor(parseApiVersion(object.apiVersion)!.group, object.kind)!
}

/** A decoded object with its defaults. */
export function defaulted(object: unknown, given: StrategyContext = context): Unstructured {
  const read = decoded(object)
  return freeze(strategyOf(read).default(read, given)) as Unstructured
}

/** The recorded cases of a file of golden data. */
export function recorded<Case>(name: string): readonly Case[] {
  const text = readFileSync(new URL(`golden/${name}.ndjson`, import.meta.url), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case)
}

/** A pod that is right. */
export const pod = (spec: object = {}, metadata: object = {}): Unstructured => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', ...metadata },
  spec: { containers: [{ name: 'app', image: 'nginx' }], ...spec },
})
