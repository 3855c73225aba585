import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Deployment, ReplicaSet } from '../src/api/apps.ts'
import type { Pod } from '../src/api/pod.ts'
import { isSaturated } from '../src/deployment/annotations.ts'
import { isComplete } from '../src/deployment/conditions.ts'
import {
  actualReplicas,
  availableReplicas,
  readyReplicas,
  terminatingReplicas,
  totalSize,
} from '../src/deployment/counts.ts'
import { maxSurge, maxUnavailable, minAvailable, resolveFenceposts } from '../src/deployment/limits.ts'
import { findNewReplicaSet, lastRevision, maxRevision } from '../src/deployment/revision.ts'
import { findActiveOrLatest, newRSNewReplicas, replicaSetProportion } from '../src/deployment/scaling.ts'
import { reconcileHints } from '../src/endpointslice/hints.ts'
import type { EndpointSlice } from '../src/endpointslice/types.ts'
import { formatIndexes, parseIndexes } from '../src/job/indexes.ts'
import { failedIndexes, succeededIndexes } from '../src/job/job-pods.ts'
import { matchFailurePolicy, matchSuccessPolicy } from '../src/job/policies.ts'
import type { Job } from '../src/job/types.ts'
import { type IntOrString, scaledValue } from '../src/values/int-or-string.ts'

interface Case<In, Out> {
  readonly in: In
  readonly out: Out
  readonly error?: string
}

// Answers of v1.35.4, cut from the recorded ones.
function recorded<In, Out>(name: string): readonly Case<In, Out>[] {
  const text = readFileSync(new URL(`./golden/${name}.ndjson`, import.meta.url), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case<In, Out>)
}

describe('deployments', () => {
  it('resolve their fenceposts as v1.35 does', () => {
    type In = { readonly maxSurge?: IntOrString; readonly maxUnavailable?: IntOrString; readonly desired: number }
    for (const { in: given, out, error } of recorded<In, Record<string, number>>('deployment.fenceposts')) {
      const run = () => resolveFenceposts(given.maxSurge, given.maxUnavailable, given.desired)
      if (error !== undefined) expect(run, JSON.stringify(given)).toThrow(error)
      else {
        const { maxSurge: surge, maxUnavailable: unavailable } = out
        expect(run(), JSON.stringify(given)).toEqual({ maxSurge: surge, maxUnavailable: unavailable })
        expect(scaledValue(given.maxSurge ?? 0, given.desired, true)).toBe(out['daemonSurge'])
      }
    }
  })

  it('count and scale as v1.35 does', () => {
    type In = {
      readonly deployment: Deployment
      readonly replicaSets: readonly ReplicaSet[]
      readonly new?: string
      readonly toAdd?: number
      readonly added?: number
    }
    for (const { in: given, out } of recorded<In, Record<string, unknown>>('deployment.maths')) {
      const { deployment: d, replicaSets: sets, toAdd = 0, added = 0 } = given
      const newSet = sets.find((set) => set.metadata.name === given.new)
      const actual = {
        maxUnavailable: maxUnavailable(d),
        minAvailable: minAvailable(d),
        maxSurge: maxSurge(d),
        replicas: totalSize(sets),
        actual: actualReplicas(sets),
        ready: readyReplicas(sets),
        available: availableReplicas(sets),
        terminating: terminatingReplicas(sets),
        maxRevision: maxRevision(sets),
        lastRevision: lastRevision(sets),
        complete: isComplete(d, d.status ?? {}),
        proportion: Object.fromEntries(
          sets.map((set) => [set.metadata.name, replicaSetProportion(set, d, toAdd, added)]),
        ),
        foundNew: findNewReplicaSet(d, sets)?.metadata.name,
        ...(newSet === undefined
          ? {}
          : { newReplicas: newRSNewReplicas(d, sets, newSet.spec.replicas ?? 1), saturated: isSaturated(d, newSet) }),
      }
      expect(actual, JSON.stringify(given)).toEqual(
        Object.fromEntries(Object.keys(actual).map((key) => [key, out[key]])),
      )
      const others = sets.filter((set) => set !== newSet)
      if (out['activeOrLatest'] !== undefined)
        expect(findActiveOrLatest(newSet, others)?.metadata.name).toBe(out['activeOrLatest'])
    }
  })
})

describe('jobs', () => {
  it('read and write indexes as v1.35 does', () => {
    for (const { in: given, out } of recorded<
      { indexes: string; completions: number },
      { intervals: unknown; text: string }
    >('job.indexes')) {
      const intervals = parseIndexes(given.indexes, given.completions)
      expect({ intervals, text: formatIndexes(intervals) }, JSON.stringify(given)).toEqual(out)
    }
  })

  it('match their policies as v1.35 does', () => {
    type Out = {
      readonly failurePolicy?: readonly { message: string | null; count: boolean; action: string | null }[]
      readonly previous?: string
      readonly succeeded?: string
      readonly failed?: string
      readonly successPolicy?: { readonly message: string; readonly met: boolean }
    }
    for (const { in: given, out } of recorded<{ job: Job; pods: readonly Pod[] }, Out>('job.policies')) {
      const { job, pods } = given
      const why = JSON.stringify(given)
      const verdicts = pods.map((pod) => matchFailurePolicy(job.spec.podFailurePolicy, pod))
      const plain = verdicts.map(({ message = null, count, action = null }) => ({ message, count, action }))
      if (out.failurePolicy !== undefined) expect(plain, why).toEqual(out.failurePolicy)
      if (out.succeeded === undefined) continue
      const { previous, now } = succeededIndexes(job, pods)
      expect([formatIndexes(previous), formatIndexes(now)], why).toEqual([out.previous, out.succeeded])
      if (out.failed !== undefined) expect(formatIndexes(failedIndexes(job, pods)), why).toBe(out.failed)
      const message = matchSuccessPolicy(job.spec.successPolicy, job.spec.completions ?? 0, now)
      if (out.successPolicy !== undefined)
        expect({ message: message ?? '', met: message !== undefined }, why).toEqual(out.successPolicy)
    }
  })
})

describe('endpoint slices', () => {
  it('get the hints that v1.35 gives', () => {
    type In = Partial<Record<'create' | 'update' | 'unchanged', readonly EndpointSlice[]>> & {
      trafficDistribution?: string
    }
    type Out = Record<'create' | 'update' | 'unchanged', readonly { name: string; hints: unknown[] }[]>
    for (const { in: given, out } of recorded<In, Out>('endpoints.hints')) {
      const { create = [], update = [], unchanged = [] } = given
      const changes = reconcileHints(given.trafficDistribution, { create, update, unchanged })
      const shape = (slices: readonly { metadata: { name?: string }; endpoints: readonly { hints?: unknown }[] }[]) =>
        slices.map(({ metadata, endpoints }) => ({
          name: metadata.name,
          hints: endpoints.map(({ hints }) => hints ?? null),
        }))
      const actual = {
        create: shape(changes.create),
        update: shape(changes.update),
        unchanged: shape(changes.unchanged),
      }
      expect(actual, JSON.stringify(given)).toEqual(out)
    }
  })
})
