import type { DaemonSet } from '../api/apps.ts'
import type { Node } from '../api/core.ts'
import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  Pod,
  PodTemplateSpec,
  Taint,
  Toleration,
} from '../api/pod.ts'

/** Whether a node should run a daemon pod, and whether one that is there may stay. */
export interface Eligibility {
  readonly shouldRun: boolean
  readonly mayStay: boolean
}

const always: readonly (readonly [key: string, effect: string])[] = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
]

/** The tolerations of a daemon pod: its own, and those that every daemon has. @see pkg/controller/daemon/util/daemonset_util.go */
export function daemonTolerations({ spec }: PodTemplateSpec): readonly Toleration[] {
  const own = spec.tolerations ?? []
  const network = [['node.kubernetes.io/network-unavailable', 'NoSchedule'] as const]
  const wanted = spec.hostNetwork === true ? [...always, ...network] : always
  const missing = wanted
    .map(([key, effect]): Toleration => ({ key, operator: 'Exists', effect }))
    .filter((one) => !own.some((has) => has.key === one.key && has.effect === one.effect && has.operator === 'Exists'))
  return missing.length === 0 ? own : [...own, ...missing]
}

/** The pod template for one node: bound to it by affinity to its name, so that the scheduler places the pod there. */
export function templateForNode(template: PodTemplateSpec, node: string): PodTemplateSpec {
  const name: NodeSelectorRequirement = { key: 'metadata.name', operator: 'In', values: [node] }
  const required = template.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const terms = required?.nodeSelectorTerms ?? []
  const nodeSelectorTerms: readonly NodeSelectorTerm[] =
    terms.length === 0 ? [{ matchFields: [name] }] : terms.map((term) => ({ ...term, matchFields: [name] }))
  const affinity: Affinity = {
    ...template.spec.affinity,
    nodeAffinity: {
      ...template.spec.affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
    },
  }
  return { ...template, spec: { ...template.spec, affinity, tolerations: daemonTolerations(template) } }
}

/** The node that a daemon pod runs on or is meant for; undefined when nothing tells. */
export function nodeOf({ spec }: Pod): string | undefined {
  if ((spec.nodeName ?? '') !== '') return spec.nodeName
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  for (const { matchFields = [] } of terms) {
    const found = matchFields.find(({ key, operator }) => key === 'metadata.name' && operator === 'In')
    if (found?.values?.length === 1) return found.values[0]
  }
  return undefined
}

/** Decides about a node. @see pkg/controller/daemon/daemon_controller.go */
export function eligibility({ spec }: Pick<DaemonSet, 'spec'>, node: Node): Eligibility {
  const { template } = spec
  const none = { shouldRun: false, mayStay: false }
  if (
    template.spec.nodeName !== undefined &&
    template.spec.nodeName !== '' &&
    template.spec.nodeName !== node.metadata.name
  ) {
    return none
  }
  if (!matchesSelector(template, node)) return none
  const tolerations = daemonTolerations(template)
  const untolerated = (node.spec?.taints ?? []).filter(
    (taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((one) => tolerates(one, taint)),
  )
  if (untolerated.length === 0) return { shouldRun: true, mayStay: true }
  return { shouldRun: false, mayStay: !untolerated.some(({ effect }) => effect === 'NoExecute') }
}

function tolerates({ key = '', operator = 'Equal', value = '', effect = '' }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false
  if (key !== '' && key !== taint.key) return false
  return operator === 'Exists' || (operator === 'Equal' && key !== '' && value === (taint.value ?? ''))
}

function matchesSelector({ spec }: PodTemplateSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {}
  if (!Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (required === undefined) return true
  return required.nodeSelectorTerms.some((term) => matchesTerm(term, node))
}

function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false
  const labels = node.metadata.labels ?? {}
  const label = (key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined)
  const field = (key: string): string | undefined => (key === 'metadata.name' ? node.metadata.name : undefined)
  return (
    matchExpressions.every((one) => holds(one, label(one.key))) &&
    matchFields.every((one) => holds(one, field(one.key)))
  )
}

function holds({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  if (operator === 'Exists') return value !== undefined
  if (operator === 'DoesNotExist') return value === undefined
  if (operator === 'In') return value !== undefined && values.includes(value)
  if (operator === 'NotIn') return value === undefined || !values.includes(value)
  const [limit = ''] = values
  if (value === undefined || !/^-?\d+$/.test(value) || !/^-?\d+$/.test(limit)) return false
  return operator === 'Gt' ? BigInt(value) > BigInt(limit) : operator === 'Lt' && BigInt(value) < BigInt(limit)
}
