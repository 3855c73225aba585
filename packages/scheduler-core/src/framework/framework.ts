import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { MetricSample } from '../metrics.ts'
import { emptyIntersection, intersection, invalidScore, message, wrap } from './answers.ts'
import { collectRegistrations, type PluginRegistrations } from './collect-registrations.ts'
import type { CycleState } from './cycle-state.ts'
import { EvaluationCounts } from './evaluation-counts.ts'
import type { PluginsByPoint } from './extension-points.ts'
import type { Nominations } from './handle.ts'
import type { Plugin, PostFilterResult, PreFilterResult, QueueOrder, Snapshot } from './interfaces.ts'
import { type NodeInfo, withPod } from './node-info.ts'
import type { NodeStatuses } from './node-statuses.ts'
import { maxNodeScore } from './normalize.ts'
import type { PodInfo } from './pod-info.ts'
import { failure, isRejected, type Outcome, type Status } from './status.ts'
import type { WaitingPods } from './waiting-pods.ts'

/** What all PreFilters together say. */
export interface PreFilterOutcome {
  readonly status: Outcome
  /** The only nodes worth trying; absent when all are. */
  readonly nodeNames?: ReadonlySet<string>
  /** The plugins that narrowed the nodes down; they count as having rejected the pod when none of those will do. */
  readonly narrowedBy: ReadonlySet<string>
}

/** One plugin's scores, normalised and weighted: `scores[i]` is that of the i-th node that was asked about. */
export interface PluginScores {
  readonly plugin: string
  readonly weight: number
  readonly scores: readonly number[]
}

/** What a framework is made of. */
export interface FrameworkOptions {
  readonly profileName: string
  readonly plugins: PluginsByPoint
  /** Score weights by plugin; 1 unless given. */
  readonly weights: ReadonlyMap<string, number>
  readonly nominations: Nominations
  readonly waitingPods: WaitingPods
  readonly now: () => number
  /** Of this profile; absent when the scheduler's own holds. */
  readonly percentageOfNodesToScore?: number
}

const maxPermitTimeout = 15 * 60_000

/**
 * One profile: its plugins, run point by point in their order. A plugin that throws counts as one that answered Error.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/runtime/framework.go
 */
export class Framework {
  readonly profileName: string
  readonly plugins: PluginsByPoint
  readonly weights: ReadonlyMap<string, number>
  readonly percentageOfNodesToScore: number | undefined
  readonly waitingPods: WaitingPods
  readonly #nominations: Nominations
  readonly #now: () => number
  #registrations: readonly PluginRegistrations[] | undefined
  readonly #evaluations: EvaluationCounts = new EvaluationCounts()
  /** Named copies of the statuses that plugins give again and again. */
  readonly #named: WeakMap<Status, Status> = new WeakMap()

  constructor(options: FrameworkOptions) {
    this.profileName = options.profileName
    this.plugins = options.plugins
    this.weights = options.weights
    this.percentageOfNodesToScore = options.percentageOfNodesToScore
    this.waitingPods = options.waitingPods
    this.#nominations = options.nominations
    this.#now = options.now
  }

  /** What each plugin that can reject a pod wants to hear of. */
  get registrations(): readonly PluginRegistrations[] {
    this.#registrations ??= collectRegistrations(this.plugins)
    return this.#registrations
  }

  /** How often each plugin was asked at the points that weigh nodes, as `plugin_evaluation_total`. */
  evaluations(): Iterable<MetricSample> {
    return this.#evaluations.samples(this.profileName)
  }

  less(left: QueueOrder, right: QueueOrder): number {
    return this.plugins.queueSort[0]?.queueSort?.(left, right) ?? 0
  }

  /** The first answer that keeps the pod out of the queue, or undefined. The plugin that did so last is asked first. */
  preEnqueue(pod: Pod, askFirst?: string): Outcome {
    const { preEnqueue } = this.plugins
    const first = askFirst === undefined ? undefined : preEnqueue.find((plugin) => plugin.name === askFirst)
    const ordered = first === undefined ? preEnqueue : [first, ...preEnqueue.filter((plugin) => plugin !== first)]
    for (const plugin of ordered) {
      const status = this.#attempt(plugin, () => plugin.preEnqueue?.(pod))
      if (status !== undefined) return status
    }
    return undefined
  }

  /** Asks all PreFilters. Nothing that follows may use the state of one that rejected for good. */
  preFilter(state: CycleState, pod: PodInfo, snapshot: Snapshot): PreFilterOutcome {
    const skipped = new Set<string>()
    state.skipFilter = skipped
    let narrowedBy: Set<string> = new Set()
    let nodeNames: ReadonlySet<string> | undefined
    let rejection: Outcome
    for (const plugin of this.plugins.preFilter) {
      let answer: PreFilterResult | undefined
      let status: Outcome
      try {
        this.#evaluations.count('PreFilter', plugin.name)
        answer = plugin.preFilter?.(state, pod, snapshot)
        status = answer?.status
      } catch (error) {
        status = failure(error)
      }
      if (status !== undefined && status.code !== 'Success') {
        if (status.code === 'Skip') {
          skipped.add(plugin.name)
          continue
        }
        if (status.code === 'UnschedulableAndUnresolvable') {
          return { status: this.#name(plugin, status), narrowedBy: new Set() }
        }
        if (status.code !== 'Unschedulable') {
          return { status: wrap(`running PreFilter plugin "${plugin.name}"`, status, plugin), narrowedBy: new Set() }
        }
        rejection = this.#name(plugin, status)
        continue
      }
      const own = answer?.nodeNames
      if (own === undefined) continue
      narrowedBy = narrowedBy.add(plugin.name)
      nodeNames = nodeNames === undefined ? own : intersection(nodeNames, own)
      if (nodeNames.size === 0) return { status: emptyIntersection([...narrowedBy].sort()), narrowedBy, nodeNames }
    }
    return { status: rejection, narrowedBy, ...(nodeNames && { nodeNames }) }
  }

  /** The first plugin's answer that is not Success. */
  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Outcome {
    const { plugins, counts } = this.#evaluations.filtersOf(state, this.plugins.filter)
    for (let index = 0; index < plugins.length; index++) {
      const plugin = plugins[index]
      if (plugin === undefined) continue
      counts[index] = (counts[index] ?? 0) + 1
      let status: Outcome
      try {
        status = plugin.filter?.(state, pod, node)
      } catch (error) {
        status = failure(error)
      }
      if (status === undefined || status.code === 'Success') continue
      if (isRejected(status)) return this.#name(plugin, status)
      return wrap(`running "${plugin.name}" filter plugin`, status, plugin)
    }
    return undefined
  }

  /** A node must do with the pods that are promised to it, and without them: they may still go elsewhere. */
  filterWithNominatedPods(state: CycleState, pod: PodInfo, node: NodeInfo): Outcome {
    const promised = this.#nominations.podsOn(node.name)
    if (promised.length > 0) {
      const others = promised.filter((other) => other.uid !== pod.uid && other.priority >= pod.priority)
      if (others.length > 0) {
        const copy = state.clone()
        let fuller = node
        for (const other of others) {
          fuller = withPod(fuller, other)
          const status = this.addPod(copy, pod, other, fuller)
          if (status !== undefined) return status
        }
        const status = this.filter(copy, pod, fuller)
        if (status !== undefined) return status
      }
    }
    return this.filter(state, pod, node)
  }

  /** Tells PreFilters that are in use of a pod that is added to a what-if. */
  addPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): Outcome {
    return this.#extend('AddPod', state, (extensions) => extensions.addPod(state, pod, added, node))
  }

  /** Tells PreFilters that are in use of a pod that is taken out of a what-if. */
  removePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): Outcome {
    return this.#extend('RemovePod', state, (extensions) => extensions.removePod(state, pod, removed, node))
  }

  /** Asks until one helped or knows that nothing will; reasons before that add up. */
  postFilter(state: CycleState, pod: PodInfo, statuses: NodeStatuses, snapshot: Snapshot): PostFilterResult {
    const reasons: string[] = []
    let latest: PostFilterResult | undefined
    let rejectedBy: string | undefined
    for (const plugin of this.plugins.postFilter) {
      let answer: PostFilterResult
      try {
        answer = plugin.postFilter?.(state, pod, statuses, snapshot) ?? { status: undefined }
      } catch (error) {
        answer = { status: failure(error) }
      }
      const { status } = answer
      if (status === undefined || status.code === 'Success') return answer
      if (status.code === 'UnschedulableAndUnresolvable') return { ...answer, status: this.#name(plugin, status) }
      if (!isRejected(status)) return { status: { code: 'Error', reasons: [message(status)], plugin: plugin.name } }
      if (answer.nominatedNode !== undefined || answer.preemption !== undefined) latest = answer
      reasons.push(...status.reasons)
      rejectedBy ??= plugin.name
    }
    return { ...latest, status: { code: 'Unschedulable', reasons, ...(rejectedBy && { plugin: rejectedBy }) } }
  }

  preScore(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Outcome {
    const skipped = new Set<string>()
    state.skipScore = skipped
    for (const plugin of this.plugins.preScore) {
      let status: Outcome
      try {
        this.#evaluations.count('PreScore', plugin.name)
        status = plugin.preScore?.(state, pod, nodes)
      } catch (error) {
        status = failure(error)
      }
      if (status === undefined || status.code === 'Success') continue
      if (status.code !== 'Skip') return wrap(`running PreScore plugin "${plugin.name}"`, status)
      skipped.add(plugin.name)
    }
    return undefined
  }

  /** Weighted, normalised scores per plugin, or the status of what went wrong. */
  score(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): readonly PluginScores[] | Status {
    const all: PluginScores[] = []
    for (const plugin of this.plugins.score) {
      if (plugin.score === undefined || state.skipScore.has(plugin.name)) continue
      const scores = new Array<number>(nodes.length)
      this.#evaluations.count('Score', plugin.name, nodes.length)
      try {
        for (let index = 0; index < nodes.length; index++) {
          const node = nodes[index]
          scores[index] = node === undefined ? 0 : plugin.score(state, pod, node)
        }
      } catch (error) {
        return wrap(`running Score plugins: plugin "${plugin.name}" failed with`, failure(error))
      }
      let status: Outcome
      try {
        status = plugin.normalizeScore?.(state, pod, scores, nodes)
      } catch (error) {
        status = failure(error)
      }
      if (status !== undefined && status.code !== 'Success') {
        return wrap(`running Normalize on Score plugins: plugin "${plugin.name}" failed with`, status)
      }
      const weight = this.weights.get(plugin.name) ?? 1
      for (let index = 0; index < scores.length; index++) {
        const score = scores[index] ?? 0
        if (!(score >= 0 && score <= maxNodeScore)) return invalidScore(plugin.name, score)
        scores[index] = score * weight
      }
      all.push({ plugin: plugin.name, weight, scores })
    }
    return all
  }

  /** Stops at the first that refuses; whoever asked must call `unreserve` then. */
  reserve(state: CycleState, pod: PodInfo, node: string): Outcome {
    for (const plugin of this.plugins.reserve) {
      const status = this.#attempt(plugin, () => plugin.reserve?.(state, pod, node))
      if (status === undefined) continue
      if (isRejected(status)) return status
      return wrap(`running Reserve plugin "${plugin.name}"`, status)
    }
    return undefined
  }

  /** Takes back every plugin's reservation, the last one's first. */
  unreserve(state: CycleState, pod: PodInfo, node: string): void {
    const plugins = this.plugins.reserve
    for (let index = plugins.length - 1; index >= 0; index--) {
      try {
        plugins[index]?.unreserve?.(state, pod, node)
      } catch {
        // The others must still get their turn, and there is nobody left to tell.
      }
    }
  }

  /** Success, a rejection, an error, or Wait: the pod is among the waiting ones then. */
  permit(state: CycleState, pod: PodInfo, node: string): Outcome {
    const timeouts = new Map<string, number>()
    for (const plugin of this.plugins.permit) {
      let timeout = 0
      const status = this.#attempt(plugin, () => {
        const answer = plugin.permit?.(state, pod, node)
        timeout = answer?.timeout ?? 0
        return answer?.status
      })
      if (status === undefined) continue
      if (isRejected(status)) return status
      if (status.code !== 'Wait') return wrap(`running Permit plugin "${plugin.name}"`, status, plugin)
      timeouts.set(plugin.name, Math.min(timeout, maxPermitTimeout))
    }
    if (timeouts.size === 0) return undefined
    this.waitingPods.add(pod, node, timeouts, this.#now())
    const name = pod.pod.metadata.name ?? ''
    return { code: 'Wait', reasons: [`one or more plugins asked to wait and no plugin rejected pod "${name}"`] }
  }

  /** Success when some PreBind will have work, Skip when none will. */
  preBindPreFlight(state: CycleState, pod: PodInfo, node: string): Outcome {
    const skipped = new Set<string>()
    for (const plugin of this.plugins.preBind) {
      const status = this.#attempt(plugin, () => plugin.preBindPreFlight?.(state, pod, node))
      if (status?.code === 'Skip') skipped.add(plugin.name)
      else if (status?.code === 'Error') return wrap(`running PreBindPreFlight "${plugin.name}"`, status)
      else if (status !== undefined) {
        const expected = 'It is supposed to return Success, Skip, or Error status'
        return failure(`PreBindPreFlight ${plugin.name} returned "${status.code}", which is unsupported. ${expected}`)
      }
    }
    state.skipPreBind = skipped
    return skipped.size === this.plugins.preBind.length ? { code: 'Skip', reasons: [] } : undefined
  }

  async preBind(state: CycleState, pod: PodInfo, node: string): Promise<Outcome> {
    for (const plugin of this.plugins.preBind) {
      if (state.skipPreBind.has(plugin.name)) continue
      const status = await this.#attemptAsync(plugin, () => plugin.preBind?.(state, pod, node))
      if (status === undefined) continue
      return isRejected(status) ? status : wrap(`running PreBind plugin "${plugin.name}"`, status)
    }
    return undefined
  }

  /** The first bind plugin that does not skip decides; Skip when all do. */
  async bind(state: CycleState, pod: PodInfo, node: string): Promise<Outcome> {
    for (const plugin of this.plugins.bind) {
      const status = await this.#attemptAsync(plugin, () => plugin.bind?.(state, pod, node))
      if (status === undefined) return undefined
      if (status.code === 'Skip') continue
      return isRejected(status) ? status : wrap(`running Bind plugin "${plugin.name}"`, status)
    }
    return { code: 'Skip', reasons: [] }
  }

  postBind(state: CycleState, pod: PodInfo, node: string): void {
    for (const plugin of this.plugins.postBind) {
      try {
        plugin.postBind?.(state, pod, node)
      } catch {
        // The pod is bound whatever they think of it.
      }
    }
  }

  #extend(
    operation: string,
    state: CycleState,
    call: (extensions: NonNullable<Plugin['preFilterExtensions']>) => Outcome,
  ): Outcome {
    for (const plugin of this.plugins.preFilter) {
      const extensions = plugin.preFilterExtensions
      if (extensions === undefined || state.skipFilter.has(plugin.name)) continue
      let status: Outcome
      try {
        status = call(extensions)
      } catch (error) {
        status = failure(error)
      }
      if (status === undefined || status.code === 'Success') continue
      return failure(`running ${operation} on PreFilter plugin "${plugin.name}": ${message(status)}`)
    }
    return undefined
  }

  #attempt(plugin: Plugin, call: () => Outcome): Outcome {
    try {
      const status = call()
      return status === undefined || status.code === 'Success' ? undefined : this.#name(plugin, status)
    } catch (error) {
      return { ...failure(error), plugin: plugin.name }
    }
  }

  async #attemptAsync(plugin: Plugin, call: () => Promise<Outcome> | undefined): Promise<Outcome> {
    try {
      const status = await call()
      return status === undefined || status.code === 'Success' ? undefined : this.#name(plugin, status)
    } catch (error) {
      return { ...failure(error), plugin: plugin.name }
    }
  }

  #name(plugin: Plugin, status: Status): Status {
    if (status.plugin === plugin.name) return status
    const known = this.#named.get(status)
    if (known?.plugin === plugin.name) return known
    const named = { code: status.code, reasons: status.reasons, plugin: plugin.name }
    this.#named.set(status, named)
    return named
  }
}

export { message }
