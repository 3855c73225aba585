import type {
  Node,
  NodeSelector,
  Pod,
  PreferredSchedulingTerm,
  Taint,
  Toleration,
} from '@kube-bonsai/api-types/core/v1'
import {
  addOrUpdateTaint,
  checkTaint,
  deleteTaint,
  deleteTaintsByKey,
  findUntoleratedTaint,
  formatTaint,
  lazyNodeSelector,
  NodeSelectorError,
  nodeSelector,
  parseTaints,
  preferredNodeAffinity,
  requiredNodeAffinity,
  sameToleration,
  TaintError,
  taintExists,
  taintSetDiff,
  toleratesTaint,
  tolerationsTolerateTaint,
} from '@kube-bonsai/component-helpers'
import type { OracleFunction } from '../protocol/answer.ts'
import { define, either } from './define.ts'

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

/** Go writes a taint's key and effect even where they are empty, and an empty value never. */
const written = ({ key = '', effect = '', ...rest }: Partial<Taint> = {}): object => {
  const { value, ...others } = rest
  return { key, effect, ...(value ? { value } : {}), ...others }
}

interface TaintsInput {
  readonly specs?: readonly string[]
  readonly old?: readonly Taint[]
  readonly new?: readonly Taint[]
}

/** Go writes a list that was never made as null. */
const list = (taints: readonly Taint[]): readonly object[] | null => (taints.length === 0 ? null : taints.map(written))

function parsedTaints(specs: readonly string[]): object {
  try {
    const { add, remove } = parseTaints(specs)
    return { add: list(add), remove: list(remove) }
  } catch (error) {
    if (error instanceof TaintError) return { parseError: error.message }
    throw error
  }
}

function changedTaints(old: readonly Taint[], wanted: readonly Taint[]): object {
  const { add, remove } = taintSetDiff(wanted, old)
  const already = wanted.flatMap((taint) => old.filter((one) => taintExists([one], taint)).map(() => taint.key))
  return {
    diffAdd: list(add),
    diffRemove: list(remove),
    already: already.join(','),
    each: wanted.map((taint) => changesOf(old, taint)),
  }
}

function changesOf(old: readonly Taint[], taint: Taint): object {
  const changed = addOrUpdateTaint(old, taint)
  const rest = deleteTaint(old, taint)
  const restByKey = deleteTaintsByKey(old, taint.key)
  const { error } = either('valid', 'error', () => checkTaint(taint))
  return {
    changed: changed !== old,
    taints: changed.map(written),
    deleted: rest !== old,
    afterDelete: rest.map(written),
    deletedByKey: restByKey !== old,
    afterDeleteByKey: restByKey.map(written),
    exists: taintExists(old, taint),
    string: formatTaint(taint),
    ...(error === undefined ? {} : { validation: error }),
  }
}

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
  'taints.helpers': define<TaintsInput>(({ specs, old, new: wanted }) => ({
    ...(specs === undefined ? {} : parsedTaints(specs)),
    ...(old === undefined && wanted === undefined ? {} : changedTaints(old ?? [], wanted ?? [])),
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
