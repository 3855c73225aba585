import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { TopologyAffinityError } from './errors.ts'
import { type AffinityStore, containersInOrder, type HintProvider } from './hint-provider.ts'
import type { ProviderHints, TopologyHint } from './hints.ts'
import { type NumaNode, numaInfo } from './numa-info.ts'
import { topologyOptions } from './topology-options.ts'
import { isTopologyPolicyName, type TopologyPolicy, topologyPolicy } from './topology-policy.ts'

/** What the topology manager is made of; names come from the kubelet's configuration. */
export interface TopologyManagerOptions {
  readonly nodes: readonly NumaNode[]
  readonly policy: string
  /** `container` by default. */
  readonly scope?: string
  readonly options?: Readonly<Record<string, string>>
}

/** The answer to a pod that wants in; `reason` and `message` are what its status says when it may not. */
export type AdmitResult =
  | { readonly admit: true }
  | { readonly admit: false; readonly reason: string; readonly message: string }

const noHint: TopologyHint = { preferred: false }

/**
 * Lets the providers of resources agree on NUMA nodes before each allocates its own. The constructor throws an Error in the
 * kubelet's words for names and options that do not exist, and for machines with more NUMA nodes than are allowed.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/cm/topologymanager
 */
export class TopologyManager implements AffinityStore {
  readonly #policy: TopologyPolicy
  readonly #scope: 'none' | 'container' | 'pod'
  readonly #providers: HintProvider[] = []
  readonly #hints: Map<string, Map<string, TopologyHint>> = new Map()

  constructor({ nodes, policy, scope = 'container', options }: TopologyManagerOptions) {
    if (policy === 'none') {
      const settled = topologyOptions()
      this.#policy = topologyPolicy('none', numaInfo(nodes, false), settled)
      this.#scope = 'none'
      return
    }
    const settled = topologyOptions(options)
    const info = numaInfo(nodes, settled.preferClosestNuma)
    if (info.size > settled.maxAllowableNumaNodes) {
      throw new Error(`unsupported on machines with more than ${settled.maxAllowableNumaNodes} NUMA Nodes`)
    }
    if (!isTopologyPolicyName(policy)) throw new Error(`unknown policy: "${policy}"`)
    if (scope !== 'container' && scope !== 'pod') throw new Error(`unknown scope: "${scope}"`)
    this.#policy = topologyPolicy(policy, info, settled)
    this.#scope = scope
  }

  get policyName(): string {
    return this.#policy.name
  }

  /** Providers are asked, and allocate, in the order in which they come. */
  addProvider(provider: HintProvider): void {
    this.#providers.push(provider)
  }

  affinity(podUid: string, container: string): TopologyHint {
    return this.#hints.get(podUid)?.get(container) ?? noHint
  }

  /** Allocates everything that can be pinned for a pod, or says why it may not run here. */
  admit(pod: Pod): AdmitResult {
    try {
      const shared =
        this.#scope === 'pod' ? this.#choose(this.#providers.map((provider) => provider.podHints(pod))) : undefined
      for (const container of containersInOrder(pod)) {
        this.#decide(pod, container, shared)
        for (const provider of this.#providers) provider.allocate(pod, container)
      }
      return { admit: true }
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : undefined
      if (reason !== undefined) return { admit: false, reason, message: error.message }
      const message = `Allocate failed due to ${error.message}, which is unexpected`
      return { admit: false, reason: 'UnexpectedAdmissionError', message }
    }
  }

  /** A container is gone: its hint is forgotten. */
  remove(podUid: string, container: string): void {
    const own = this.#hints.get(podUid)
    own?.delete(container)
    if (own?.size === 0) this.#hints.delete(podUid)
  }

  /** Notes the hint of one container: upstream's show up one by one, as far as the allocation got. */
  #decide(pod: Pod, container: Container, shared: TopologyHint | undefined): void {
    if (this.#scope === 'none') return
    const hint = shared ?? this.#choose(this.#providers.map((provider) => provider.containerHints(pod, container)))
    const uid = pod.metadata.uid ?? ''
    const own = this.#hints.get(uid) ?? new Map<string, TopologyHint>()
    this.#hints.set(uid, own.set(container.name, hint))
  }

  #choose(asked: readonly (ProviderHints | undefined)[]): TopologyHint {
    const { hint, admit } = this.#policy.merge(asked)
    if (!admit) throw new TopologyAffinityError()
    return hint
  }
}
