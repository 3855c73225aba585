import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { WeightedPlugin } from '../plugins/registry.ts'
import type { CycleState } from './cycle-state.ts'
import type { NodeStatuses, Plugin, QueueOrder, Snapshot } from './interfaces.ts'
import type { NodeInfo } from './node-info.ts'
import { maxNodeScore } from './normalize.ts'
import type { PodInfo } from './pod-info.ts'
import { failure, isRejected, type Outcome, type Status, unresolvable } from './status.ts'

/** What all PreFilters together say. */
export interface PreFilterOutcome {
  readonly status: Outcome
  /** The only nodes worth trying; absent when all are. */
  readonly nodeNames?: ReadonlySet<string>
  /** The plugins that narrowed the nodes down. */
  readonly narrowedBy: readonly string[]
  readonly rejectedBy: ReadonlySet<string>
}

/** What all PostFilters together say. */
export interface PostFilterOutcome {
  readonly message: string
  readonly nominatedNode?: string
}

/** What all Permits together say; `waiting` names the plugins to wait for, with milliseconds. */
export interface PermitOutcome {
  readonly status: Outcome
  readonly waiting: readonly { readonly plugin: string; readonly timeout: number }[]
}

/** One plugin's weighted score per node. */
export interface PluginScores {
  readonly plugin: string
  readonly weight: number
  readonly byNode: ReadonlyMap<string, number>
}

/**
 * One profile: its plugins, run point by point in their order. A plugin that throws counts as one that answered Error.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/runtime/framework.go
 */
export class Framework {
  readonly profileName: string
  readonly plugins: readonly WeightedPlugin[]

  constructor(profileName: string, plugins: readonly WeightedPlugin[]) {
    const sorters = plugins.filter(({ plugin }) => plugin.queueSort !== undefined)
    if (sorters.length !== 1) {
      throw new TypeError(`profile ${profileName} needs exactly one queue sort plugin, it has ${sorters.length}`)
    }
    this.profileName = profileName
    this.plugins = plugins
  }

  less(left: QueueOrder, right: QueueOrder): number {
    for (const { plugin } of this.plugins) if (plugin.queueSort) return plugin.queueSort(left, right)
    return 0
  }

  /** The first plugin that keeps the pod out of the queue, or undefined. The one that did so last is asked first. */
  preEnqueue(pod: Pod, askFirst?: string): Outcome {
    const ordered = [...this.plugins].sort(
      (a, b) => Number(b.plugin.name === askFirst) - Number(a.plugin.name === askFirst),
    )
    for (const { plugin } of ordered) {
      const status = attempt(plugin, () => plugin.preEnqueue?.(pod))
      if (status !== undefined) return status
    }
    return undefined
  }

  preFilter(state: CycleState, pod: PodInfo, snapshot: Snapshot): PreFilterOutcome {
    const skipped = new Set<string>()
    const narrowedBy: string[] = []
    const rejectedBy = new Set<string>()
    let nodeNames: ReadonlySet<string> | undefined
    let rejection: Outcome
    for (const { plugin } of this.plugins) {
      if (plugin.preFilter === undefined) continue
      const answer = guard(plugin, () => plugin.preFilter?.(state, pod, snapshot))
      const status = answer.failed ?? named(plugin, answer.value?.status)
      if (status?.code === 'Skip') {
        skipped.add(plugin.name)
      } else if (isRejected(status)) {
        rejectedBy.add(plugin.name)
        if (status.code === 'UnschedulableAndUnresolvable') {
          return { status, narrowedBy, rejectedBy, ...(nodeNames && { nodeNames }) }
        }
        rejection = status
      } else if (status !== undefined) {
        const reasons = [`running PreFilter plugin "${plugin.name}": ${status.reasons.join(', ')}`]
        return { status: { ...status, reasons }, narrowedBy, rejectedBy }
      }
      const own = answer.value?.nodeNames
      if (own === undefined) continue
      narrowedBy.push(plugin.name)
      const before = nodeNames
      nodeNames = before === undefined ? own : new Set([...before].filter((name) => own.has(name)))
      if (nodeNames.size === 0) {
        for (const name of narrowedBy) rejectedBy.add(name)
        return { status: emptyIntersection(narrowedBy), narrowedBy, rejectedBy, nodeNames }
      }
    }
    state.skipFilter = skipped
    return { status: rejection, narrowedBy, rejectedBy, ...(nodeNames && { nodeNames }) }
  }

  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Outcome {
    for (const { plugin } of this.plugins) {
      if (plugin.filter === undefined || state.skipFilter.has(plugin.name)) continue
      const status = attempt(plugin, () => plugin.filter?.(state, pod, node))
      if (status === undefined) continue
      if (isRejected(status)) return status
      return { ...status, reasons: [`running "${plugin.name}" filter plugin: ${status.reasons.join(', ')}`] }
    }
    return undefined
  }

  /** The plugins' reasons joined, and the node that one of them made free. */
  postFilter(state: CycleState, pod: PodInfo, statuses: NodeStatuses, snapshot: Snapshot): PostFilterOutcome {
    const reasons: string[] = []
    for (const { plugin } of this.plugins) {
      if (plugin.postFilter === undefined) continue
      const answer = guard(plugin, () => plugin.postFilter?.(state, pod, statuses, snapshot))
      const status = answer.failed ?? named(plugin, answer.value?.status)
      if (status === undefined || !isRejected(status)) {
        const nominatedNode = answer.value?.nominatedNode
        const message = (status?.reasons ?? []).join(', ')
        return { message, ...(nominatedNode !== undefined && { nominatedNode }) }
      }
      reasons.push(...status.reasons)
      if (status.code === 'UnschedulableAndUnresolvable') break
    }
    return { message: reasons.join(', ') }
  }

  preScore(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Outcome {
    const skipped = new Set<string>()
    for (const { plugin } of this.plugins) {
      if (plugin.preScore === undefined) continue
      const status = attempt(plugin, () => plugin.preScore?.(state, pod, nodes))
      if (status?.code === 'Skip') skipped.add(plugin.name)
      else if (status !== undefined) {
        return { ...status, reasons: [`running PreScore plugin "${plugin.name}": ${status.reasons.join(', ')}`] }
      }
    }
    state.skipScore = skipped
    return undefined
  }

  /** Weighted, normalised scores per plugin, or the status of what went wrong. */
  score(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): readonly PluginScores[] | Status {
    const all: PluginScores[] = []
    for (const { plugin, weight } of this.plugins) {
      if (plugin.score === undefined || state.skipScore.has(plugin.name)) continue
      const answer = guard(plugin, () => {
        const raw = nodes.map((node) => ({ name: node.name, score: plugin.score?.(state, pod, node) ?? 0 }))
        return plugin.normalizeScore?.(state, pod, raw) ?? raw
      })
      if (answer.failed) return answer.failed
      const byNode = new Map<string, number>()
      for (const { name, score } of answer.value ?? []) {
        if (!(score >= 0 && score <= maxNodeScore)) {
          const range = `it should in the range of [0, ${maxNodeScore}] after normalizing`
          return failure(`plugin "${plugin.name}" returns an invalid score ${score}, ${range}`)
        }
        byNode.set(name, score * weight)
      }
      all.push({ plugin: plugin.name, weight, byNode })
    }
    return all
  }

  get hasScorers(): boolean {
    return this.plugins.some(({ plugin }) => plugin.score !== undefined)
  }

  reserve(state: CycleState, pod: PodInfo, node: string): Outcome {
    for (const { plugin } of this.plugins) {
      const status = attempt(plugin, () => plugin.reserve?.(state, pod, node))
      if (status === undefined) continue
      this.unreserve(state, pod, node)
      return status
    }
    return undefined
  }

  unreserve(state: CycleState, pod: PodInfo, node: string): void {
    for (const { plugin } of [...this.plugins].reverse()) plugin.unreserve?.(state, pod, node)
  }

  /** Success, a rejection, or Wait with the plugins to wait for and how long (milliseconds; at most 15 minutes each). */
  permit(state: CycleState, pod: PodInfo, node: string): PermitOutcome {
    const waiting: { readonly plugin: string; readonly timeout: number }[] = []
    for (const { plugin } of this.plugins) {
      if (plugin.permit === undefined) continue
      const answer = guard(plugin, () => plugin.permit?.(state, pod, node))
      const status = answer.failed ?? named(plugin, answer.value?.status)
      if (status?.code === 'Wait') {
        waiting.push({ plugin: plugin.name, timeout: Math.min(answer.value?.timeout ?? 0, 15 * 60_000) })
      } else if (status !== undefined) return { status, waiting: [] }
    }
    return { status: undefined, waiting }
  }

  async preBind(state: CycleState, pod: PodInfo, node: string): Promise<Outcome> {
    for (const { plugin } of this.plugins) {
      const status = await attemptAsync(plugin, () => plugin.preBind?.(state, pod, node))
      if (status !== undefined) return status
    }
    return undefined
  }

  /** The first bind plugin that does not skip decides; Skip when all do. */
  async bind(state: CycleState, pod: PodInfo, node: string): Promise<Outcome> {
    for (const { plugin } of this.plugins) {
      if (plugin.bind === undefined) continue
      const status = await attemptAsync(plugin, () => plugin.bind?.(state, pod, node))
      if (status?.code !== 'Skip') return status
    }
    return { code: 'Skip', reasons: [] }
  }

  postBind(state: CycleState, pod: PodInfo, node: string): void {
    for (const { plugin } of this.plugins) plugin.postBind?.(state, pod, node)
  }
}

function named(plugin: Plugin, status: Outcome): Outcome {
  return status === undefined || status.code === 'Success' ? undefined : { ...status, plugin: plugin.name }
}

function guard<T>(plugin: Plugin, call: () => T): { readonly value?: T; readonly failed?: Status } {
  try {
    return { value: call() }
  } catch (error) {
    return { failed: { ...failure(error), plugin: plugin.name } }
  }
}

function attempt(plugin: Plugin, call: () => Outcome): Outcome {
  const answer = guard(plugin, call)
  return answer.failed ?? named(plugin, answer.value)
}

async function attemptAsync(plugin: Plugin, call: () => Promise<Outcome> | undefined): Promise<Outcome> {
  try {
    return named(plugin, await call())
  } catch (error) {
    return { ...failure(error), plugin: plugin.name }
  }
}

function emptyIntersection(plugins: readonly string[]): Status {
  return unresolvable(
    plugins.length === 1
      ? `node(s) didn't satisfy plugin ${plugins[0]}`
      : `node(s) didn't satisfy plugin(s) [${plugins.join(' ')}] simultaneously`,
  )
}
