import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { semanticEqual } from '@kube-bonsai/apimachinery'
import type { TolerationOptions } from '@kube-bonsai/component-helpers'
import type { PodTopologySpreadArgs } from '../../config/plugin-args.ts'
import type { StateKey } from '../../framework/cycle-state.ts'
import type { QueueingHint } from '../../framework/events.ts'
import type { Handle } from '../../framework/handle.ts'
import type { Plugin } from '../../framework/interfaces.ts'
import { failure, skip, unschedulable } from '../../framework/status.ts'
import { labelOf } from '../pod-index/label-of.ts'
import { podIndexOf } from '../pod-index/pod-index.ts'
import {
  type Action,
  type Constraint,
  constraintsOf,
  defaultConstraints,
  hasAllLabels,
  inclusionFor,
} from './constraints.ts'
import { SpreadState } from './filtering.ts'
import { crowdedness, normalizeCrowdedness, type SpreadScores, spreadScores } from './scoring.ts'

const filterKey: StateKey<SpreadState> = { name: 'PreFilterPodTopologySpread' }
const scoreKey: StateKey<SpreadScores> = { name: 'PreScorePodTopologySpread' }

/**
 * Spreads pods over domains: as the pod must, or would like to, or as the defaults of the profile have it.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/podtopologyspread/plugin.go
 */
export function podTopologySpread(args: PodTopologySpreadArgs, handle: Handle): Plugin {
  const defaults = defaultConstraints(args)
  const options: TolerationOptions = {
    comparisonOperators: handle.gates.enabled('TaintTolerationComparisonOperators'),
  }
  const constraints = (pod: Pod, action: Action) => constraintsOf(pod, action, defaults, handle.listers)
  const required = (pod: Pod) => constraints(pod, 'DoNotSchedule')
  return {
    name: 'PodTopologySpread',
    eventsToRegister: () => [
      {
        resource: 'Pod',
        actions: ['Add', 'UpdatePodLabel', 'UpdatePodToleration', 'Delete'],
        hint: ({ pod }, before, after) => hintAfterPod(pod, required(pod), before as Pod, after as Pod),
      },
      {
        resource: 'Node',
        actions: ['Add', 'Delete', 'UpdateNodeLabel', 'UpdateNodeTaint'],
        hint: ({ pod }, before, after) => hintAfterNode(required(pod), before as Node, after as Node),
      },
    ],
    preFilter(state, { pod }, snapshot) {
      try {
        const found = required(pod)
        if (found.length === 0) return { status: skip }
        const index = podIndexOf(handle, snapshot)
        state.write(filterKey, SpreadState.of(pod, found, inclusionFor(pod, options), snapshot, index))
        return undefined
      } catch (error) {
        return { status: failure(error) }
      }
    },
    preFilterExtensions: {
      addPod: (state, _pod, added, node) => void state.read(filterKey)?.change(added.pod, node, 1),
      removePod: (state, _pod, removed, node) => void state.read(filterKey)?.change(removed.pod, node, -1),
    },
    filter: (state, _pod, node) => state.read(filterKey)?.refusal(node),
    preScore(state, { pod }, candidates) {
      const found = constraints(pod, 'ScheduleAnyway')
      if (found.length === 0) return skip
      const snapshot = handle.snapshot()
      const hasOwn = (pod.spec?.topologySpreadConstraints ?? []).length > 0
      state.write(
        scoreKey,
        spreadScores({
          pod,
          constraints: found,
          includes: inclusionFor(pod, options),
          snapshot,
          index: podIndexOf(handle, snapshot),
          candidates,
          needsAllLabels: hasOwn || args.defaultingType !== 'System',
        }),
      )
      return undefined
    },
    score(state, _pod, node) {
      const found = state.read(scoreKey)
      return found ? crowdedness(found, node) : 0
    },
    normalizeScore(state, _pod, scores, nodes) {
      const found = state.read(scoreKey)
      if (found) normalizeCrowdedness(found, scores, nodes)
      return undefined
    },
    sign({ pod }) {
      if ((pod.spec?.topologySpreadConstraints ?? []).length > 0)
        return unschedulable('pods with topology constraints are not signable')
      if (defaults.length > 0) return unschedulable('pods with default topology constraints are not signable')
      return new Map()
    },
  }
}

/** Whether a pod that came, changed or went changes how the waiting one is spread. */
function hintAfterPod(
  waiting: Pod,
  constraints: readonly Constraint[],
  before: Pod | undefined,
  after: Pod | undefined,
): QueueingHint {
  const isInvolved = ({ metadata, spec }: Pod) =>
    metadata.uid === waiting.metadata.uid ||
    (Boolean(spec?.nodeName) && metadata.namespace === waiting.metadata.namespace)
  if ((after && !isInvolved(after)) || (before && !isInvolved(before))) return 'Skip'
  const isMeant = (pod: Pod) => constraints.some(({ selector }) => selector.matches(pod.metadata.labels))
  if (before && after) {
    const isItself = waiting.metadata.uid === after.metadata.uid
    const newTolerations = !semanticEqual(before.spec?.tolerations, after.spec?.tolerations)
    if (isItself && newTolerations && constraints.some(({ honorsTaints }) => honorsTaints)) return 'Queue'
    const turns = ({ selector }: Constraint) =>
      selector.matches(before.metadata.labels) !== selector.matches(after.metadata.labels)
    return constraints.some(turns) ? 'Queue' : 'Skip'
  }
  const only = after ?? before
  return only && isMeant(only) ? 'Queue' : 'Skip'
}

/** Whether a node that came, changed or went changes the domains. */
function hintAfterNode(
  constraints: readonly Constraint[],
  before: Node | undefined,
  after: Node | undefined,
): QueueingHint {
  const serves = (node: Node) => hasAllLabels(node.metadata.labels, constraints)
  if (before && after) {
    if (serves(before) !== serves(after)) return 'Queue'
    const moved = ({ topologyKey }: Constraint) =>
      labelOf(before.metadata.labels, topologyKey) !== labelOf(after.metadata.labels, topologyKey)
    const changed = constraints.some(moved) || !semanticEqual(before.spec?.taints, after.spec?.taints)
    return serves(after) && changed ? 'Queue' : 'Skip'
  }
  const only = after ?? before
  return only && serves(only) ? 'Queue' : 'Skip'
}
