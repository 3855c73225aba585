import type { Node, Pod, TopologySpreadConstraint } from '@kube-bonsai/api-types/core/v1'
import { type LabelSet, labelSelectorAsSelector, type Selector, selectorFromSet } from '@kube-bonsai/apimachinery'
import { findUntoleratedTaint, requiredNodeAffinity, type TolerationOptions } from '@kube-bonsai/component-helpers'
import type { PodTopologySpreadArgs } from '../../config/plugin-args.ts'
import type { Listers } from '../../framework/objects.ts'
import { matchesQuietly } from '../node-affinity.ts'
import { labelOf } from '../pod-index/label-of.ts'
import { defaultSelector } from './default-selector.ts'

/** A constraint, ready to be used. */
export interface Constraint {
  readonly maxSkew: number
  readonly topologyKey: string
  readonly selector: Selector
  readonly minDomains: number
  readonly honorsAffinity: boolean
  readonly honorsTaints: boolean
}

/** What to do where a constraint cannot be kept. */
export type Action = 'DoNotSchedule' | 'ScheduleAnyway'

const zone = 'topology.kubernetes.io/zone'

/** The label that tells nodes apart. */
export const hostname = 'kubernetes.io/hostname'

const systemDefaults: readonly TopologySpreadConstraint[] = [
  { topologyKey: hostname, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: zone, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
]

/** The constraints for pods that bring none. */
export function defaultConstraints(args: PodTopologySpreadArgs): readonly TopologySpreadConstraint[] {
  return args.defaultingType === 'System' ? systemDefaults : args.defaultConstraints
}

/**
 * The constraints of a pod, or the default ones where it has none and something selects it. Throws SelectorError.
 *
 * @see pkg/scheduler/framework/plugins/podtopologyspread/common.go
 */
export function constraintsOf(
  pod: Pod,
  action: Action,
  defaults: readonly TopologySpreadConstraint[],
  listers: Listers,
): readonly Constraint[] {
  const own = pod.spec?.topologySpreadConstraints ?? []
  if (own.length > 0) return compiled(own, action, pod.metadata.labels)
  const wanted = compiled(defaults, action, pod.metadata.labels)
  if (wanted.length === 0) return wanted
  const selector = defaultSelector(pod, listers)
  return selector.empty ? [] : wanted.map((constraint) => ({ ...constraint, selector }))
}

function compiled(
  constraints: readonly TopologySpreadConstraint[],
  action: Action,
  labels: LabelSet | undefined,
): readonly Constraint[] {
  return constraints
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
    .map((given) => ({
      maxSkew: given.maxSkew,
      topologyKey: given.topologyKey,
      selector: withLabelKeys(labelSelectorAsSelector(given.labelSelector), given.matchLabelKeys ?? [], labels ?? {}),
      minDomains: given.minDomains ?? 1,
      honorsAffinity: (given.nodeAffinityPolicy ?? 'Honor') === 'Honor',
      honorsTaints: given.nodeTaintsPolicy === 'Honor',
    }))
}

function withLabelKeys(selector: Selector, keys: readonly string[], labels: LabelSet): Selector {
  const own = keys.flatMap((key) => {
    const value = labelOf(labels, key)
    return value === undefined ? [] : [[key, value] as const]
  })
  if (own.length === 0 || !selector.selectable) return selector
  return selectorFromSet(Object.fromEntries(own)).add(...selector.requirements)
}

/** Says whether nodes count for a constraint of a pod. */
export type Inclusion = (constraint: Constraint, node: Node) => boolean

const blocking = ['NoSchedule', 'NoExecute']

/** Which nodes count: those that the pod may go to, as far as the constraint honours that. */
export function inclusionFor(pod: Pod, options: TolerationOptions): Inclusion {
  const required = requiredNodeAffinity(pod)
  const tolerations = pod.spec?.tolerations ?? []
  return ({ honorsAffinity, honorsTaints }, node) => {
    if (honorsAffinity && !matchesQuietly(required, node)) return false
    return !honorsTaints || findUntoleratedTaint(node.spec?.taints ?? [], tolerations, blocking, options) === undefined
  }
}

/** True when the nodes that count do not depend on more than their labels. */
export function includesEveryNode(pod: Pod, constraints: readonly Constraint[]): boolean {
  const { spec } = pod
  const isPicky =
    Object.keys(spec?.nodeSelector ?? {}).length > 0 ||
    spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined
  return constraints.every(({ honorsAffinity, honorsTaints }) => !honorsTaints && !(honorsAffinity && isPicky))
}

/** True when a node has the labels of all constraints. */
export function hasAllLabels(labels: LabelSet | undefined, constraints: readonly Constraint[]): boolean {
  return constraints.every(({ topologyKey }) => labelOf(labels, topologyKey) !== undefined)
}
