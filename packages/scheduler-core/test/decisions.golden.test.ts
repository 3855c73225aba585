import { readFileSync } from 'node:fs'
import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { describe, expect, test } from 'vitest'
import { fitErrorMessage, podKey, Scheduler } from '../src/index.ts'

interface Recorded {
  readonly pod: string
  readonly result: string
  readonly node: string | null
  readonly feasible: readonly string[]
  readonly finalScores?: Readonly<Record<string, number>>
  readonly filterFailures?: Readonly<
    Record<string, { readonly plugin: string; readonly code: string; readonly reasons: readonly string[] }>
  >
  readonly message?: string
}

interface Case {
  readonly profile: string
  readonly seed: number
  readonly featureGates: Readonly<Record<string, boolean>>
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
  readonly decisions: readonly Recorded[]
}

const cases: readonly Case[] = JSON.parse(readFileSync(new URL('golden/decisions.json', import.meta.url), 'utf8'))
/** What upstream's PostFilter plugins add; those plugins are not modelled yet. */
const postFilter = / no new claims to deallocate, .*$/

describe('decides as kube-scheduler v1.35.4 did', () => {
  for (const { profile, seed, featureGates, nodes, pods, decisions } of cases) {
    test(`${profile}, seed ${seed}`, () => {
      const scheduler = new Scheduler({
        now: () => 0,
        gates: createFeatureGates({ set: featureGates }),
        percentageOfNodesToScore: 100,
      })
      for (const node of nodes) scheduler.cache.putNode(node)
      for (const pod of pods) if (pod.spec?.nodeName) scheduler.cache.putPod(pod)
      for (const recorded of decisions) {
        const pod = pods.find((candidate) => podKey(candidate) === recorded.pod)!
        const decision = scheduler.explain(pod)!
        if (recorded.result === 'scheduled') {
          expect(decision.result, recorded.pod).toBe('scheduled')
          if (decision.result !== 'scheduled') return
          expect([...decision.feasible].sort()).toEqual(recorded.feasible)
          const { feasible, totals: values } = decision
          const totals = values && Object.fromEntries(feasible.map((name, index) => [name, values[index]]))
          expect(totals, recorded.pod).toEqual(recorded.finalScores)
          scheduler.cache.putPod({ ...pod, spec: { ...pod.spec!, nodeName: recorded.node! } })
        } else if (recorded.result === 'unschedulable') {
          expect(decision.result, recorded.pod).toBe('unschedulable')
          if (decision.result !== 'unschedulable') return
          const failures = Object.fromEntries(decision.filterFailures)
          if (recorded.filterFailures) expect(failures).toEqual(recorded.filterFailures)
          expect(fitErrorMessage(decision.diagnosis)).toBe(recorded.message?.replace(postFilter, ''))
        }
      }
    })
  }
})
