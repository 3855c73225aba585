import type {
  Node,
  NodeSelector,
  Pod,
  PreferredSchedulingTerm,
  Taint,
  Toleration,
} from '@kube-bonsai/api-types/core/v1'
import {
  findUntoleratedTaint,
  lazyNodeSelector,
  NodeSelectorError,
  nodeSelector,
  preferredNodeAffinity,
  requiredNodeAffinity,
  sameToleration,
  toleratesTaint,
  tolerationsTolerateTaint,
} from '@kube-bonsai/component-helpers'
import type { OracleFunction } from '../protocol/answer.ts'
import { define } from './define.ts'

interface AffinityInput {
  readonly node: Node
  readonly pod?: Pod
  readonly selector?: NodeSelector
  readonly preferred?: readonly PreferredSchedulingTerm[]
}

interface TolerationInput {
  readonly tolerations?: readonly Toleration[]
  readonly taints?: readonly Taint[]
  readonly comparison?: boolean
}

/** Go writes a taint's key and effect even where they are empty. */
const written = (taint: Taint | undefined): object => ({ ...taint, key: taint?.key ?? '', effect: taint?.effect ?? '' })

function matched(attempt: () => boolean): object {
  try {
    return { match: attempt() }
  } catch (error) {
    if (error instanceof NodeSelectorError) return { match: false, error: error.message }
    throw error
  }
}

function scored(terms: readonly PreferredSchedulingTerm[], node: Node): object {
  try {
    return { score: preferredNodeAffinity(terms).score(node) }
  } catch (error) {
    if (error instanceof NodeSelectorError) return { error: error.message }
    throw error
  }
}

/** Node affinity, taints and tolerations. */
export const schedulingFunctions: Readonly<Record<string, OracleFunction>> = {
  'nodeAffinity.match': define<AffinityInput>(({ node, pod, selector, preferred }) => ({
    ...(pod === undefined ? {} : { required: matched(() => requiredNodeAffinity(pod).matches(node)) }),
    ...(selector === undefined
      ? {}
      : {
          lazy: matched(() => lazyNodeSelector(selector).matches(node)),
          strict: matched(() => nodeSelector(selector).matches(node)),
        }),
    ...(preferred === undefined ? {} : { preferred: scored(preferred, node) }),
  })),
  'toleration.tolerates': define<TolerationInput>(({ tolerations = [], taints = [], comparison = false }) => {
    const options = { comparisonOperators: comparison }
    const untolerated = findUntoleratedTaint(taints, tolerations, ['NoSchedule', 'NoExecute'], options)
    return {
      each: tolerations.map((toleration) => taints.map((taint) => toleratesTaint(toleration, taint, options))),
      tolerated: taints.map((taint) => tolerationsTolerateTaint(tolerations, taint, options)),
      untolerated: { found: untolerated !== undefined, taint: written(untolerated) },
      matchToleration: tolerations.map((left) => tolerations.map((right) => sameToleration(left, right))),
    }
  }),
}
