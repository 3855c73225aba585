import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { isSidecar } from '@kube-bonsai/component-helpers'
import { createFeatureGates, type FeatureGates } from '@kube-bonsai/feature-gates'
import { Quantity } from '@kube-bonsai/quantity'
import { isGuaranteed, needed, statesPodLevel } from './guaranteed.ts'
import { type AffinityStore, containersInOrder, type HintProvider } from './hint-provider.ts'
import type { ProviderHints, TopologyHint } from './hints.ts'
import type { Machine } from './machine.ts'
import { bestMemoryHint, breaksGroups, type MemoryRequest, memoryHints, memoryOf } from './memory-hints.ts'
import { least, type MemoryBlock, machineMemory, type NumaMemory, pin, unpin } from './memory-state.ts'
import { maskHolds, type NumaMask, numaMask, numaNodesOf } from './numa-mask.ts'

/** What the static memory manager is made of. */
export interface MemoryManagerOptions {
  readonly machine: Machine
  /** Bytes that stay with the system, by NUMA node and kind. */
  readonly reserved: ReadonlyMap<number, ReadonlyMap<string, bigint>>
  readonly affinity: AffinityStore
  readonly gates?: FeatureGates
  /** What an earlier kubelet has pinned, by pod uid, then by container. */
  readonly state?: MemoryManagerState
}

/** What survives a restart of the kubelet. */
export type MemoryManagerState = ReadonlyMap<string, ReadonlyMap<string, readonly MemoryBlock[]>>

/** Memory cannot be pinned as asked for; the message is the kubelet's. */
export class MemoryAllocationError extends Error {
  override readonly name = 'MemoryAllocationError'

  constructor(message: string) {
    super(`[memorymanager] ${message}`)
  }
}

/**
 * The Static policy of the memory manager: memory of Guaranteed pods comes from few NUMA nodes, and a node is used either
 * alone or always together with the same others.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/cm/memorymanager/policy_static.go
 */
export class StaticMemoryManager implements HintProvider {
  readonly #affinity: AffinityStore
  readonly #podLevel: boolean
  readonly #nodes: ReadonlyMap<number, NumaMemory>
  readonly #blocks: Map<string, Map<string, MemoryBlock[]>> = new Map()
  /** What init containers of the pod that is being admitted leave, by nodes and kind. */
  #reusable: { readonly pod: string; readonly sizes: Map<string, bigint> } | undefined

  constructor({ machine, reserved, affinity, gates = createFeatureGates(), state }: MemoryManagerOptions) {
    const total = [...reserved.values()].reduce((sum, kinds) => sum + (kinds.get('memory') ?? 0n), 0n)
    if (total <= 0n) throw new MemoryAllocationError('you should specify the system reserved memory')
    this.#affinity = affinity
    this.#podLevel = gates.enabled('PodLevelResources')
    this.#nodes = machineMemory(machine, reserved)
    for (const [uid, own] of state ?? []) this.#restore(uid, own)
  }

  /** What is to survive a restart of the kubelet. */
  get state(): MemoryManagerState {
    return new Map([...this.#blocks].map(([uid, own]) => [uid, new Map(own)]))
  }

  #restore(uid: string, own: ReadonlyMap<string, readonly MemoryBlock[]>): void {
    for (const [container, blocks] of own) {
      for (const { numa, type, size } of blocks) {
        const where = `(pod: ${uid}, container: ${container}) the memory assignment uses`
        for (const id of numa) {
          const node = this.#nodes.get(id)
          if (node === undefined) throw new MemoryAllocationError(`${where} the NUMA that does not exist`)
          if (!node.tables.has(type)) throw new MemoryAllocationError(`${where} memory resource that does not exist`)
        }
        pin(this.#nodes, numa, type, size)
      }
    }
    this.#blocks.set(uid, new Map([...own].map(([name, blocks]) => [name, blocks.map((block) => ({ ...block }))])))
  }

  /** The memory that a container has pinned; undefined when it has none. */
  blocks(podUid: string, container: string): readonly MemoryBlock[] | undefined {
    return this.#blocks.get(podUid)?.get(container)
  }

  /** Free and pinned bytes of memory on a NUMA node; undefined for a node that is not there. */
  memoryOn(
    numa: number,
  ): { readonly allocatable: bigint; readonly reserved: bigint; readonly free: bigint } | undefined {
    const table = this.#nodes.get(numa)?.tables.get('memory')
    return table && { ...table }
  }

  containerHints(pod: Pod, container: Container): ProviderHints | undefined {
    if (!isGuaranteed(pod)) return undefined
    const request = requestOf(container)
    if (request === undefined || statesPodLevel(pod, this.#podLevel)) return undefined
    const blocks = this.blocks(pod.metadata.uid ?? '', container.name)
    return blocks === undefined ? this.#hints(pod, request) : regenerated(blocks, request)
  }

  podHints(pod: Pod): ProviderHints | undefined {
    if (!isGuaranteed(pod) || statesPodLevel(pod, this.#podLevel)) return undefined
    const request = podRequest(pod)
    if (request === undefined) return undefined
    for (const { name } of containersInOrder(pod)) {
      const blocks = this.blocks(pod.metadata.uid ?? '', name)
      if (blocks !== undefined) return regenerated(blocks, request)
    }
    return this.#hints(pod, request)
  }

  allocate(pod: Pod, container: Container): void {
    if (!isGuaranteed(pod) || statesPodLevel(pod, this.#podLevel)) return
    const uid = pod.metadata.uid ?? ''
    const known = this.blocks(uid, container.name)
    if (known !== undefined) {
      this.#updateReusable(pod, container, known)
      return
    }
    const request = requestOf(container)
    if (request === undefined) throw new MemoryAllocationError('failed to represent quantity as int64')
    const mask = this.#place(pod, request, this.#affinity.affinity(uid, container.name))
    const numa = numaNodesOf(mask)
    const blocks = [...request].map(([type, size]): MemoryBlock => {
      const reusable = this.#reusableOn(uid, mask, type)
      pin(this.#nodes, numa, type, reusable >= size ? 0n : size - reusable)
      return { numa, type, size }
    })
    this.#updateReusable(pod, container, blocks)
    const own = this.#blocks.get(uid) ?? new Map<string, MemoryBlock[]>()
    this.#blocks.set(uid, own.set(container.name, blocks))
    this.#takeOver(pod, container, blocks)
  }

  /** A container is gone: its memory is free again. */
  remove(podUid: string, container: string): void {
    const own = this.#blocks.get(podUid)
    const blocks = own?.get(container)
    if (own === undefined || blocks === undefined) return
    own.delete(container)
    if (own.size === 0) this.#blocks.delete(podUid)
    for (const block of blocks) unpin(this.#nodes, block)
  }

  /** The nodes to take the memory from: those of the hint, more when they do not suffice. */
  #place(pod: Pod, request: MemoryRequest, hint: TopologyHint): NumaMask {
    let { affinity, preferred } = hint
    if (affinity === undefined) {
      const found = this.#hintList(pod, request)
      if (found.length === 0 || request.size === 0) {
        const why = 'no NUMA nodes with enough memory is available'
        throw new MemoryAllocationError(`failed to get the default NUMA affinity, ${why}`)
      }
      const best = bestMemoryHint(found)
      if (preferred && best?.preferred !== true) {
        throw new MemoryAllocationError('failed to find the default preferred hint')
      }
      affinity = best?.affinity ?? 0
      preferred = best?.preferred ?? false
    }
    const suffices = (mask: NumaMask) =>
      [...request].every(([type, size]) => memoryOf(this.#nodes, mask, type, 'free') >= size)
    if (!suffices(affinity)) {
      const within = affinity
      const wider = this.#hintList(pod, request).filter((one) => maskHolds(one.affinity ?? 0, within))
      const best = bestMemoryHint(wider)
      if (best === undefined) {
        throw new MemoryAllocationError('failed to find NUMA nodes to extend the current topology hint')
      }
      if (preferred && !best.preferred) throw new MemoryAllocationError('failed to find the extended preferred hint')
      affinity = best.affinity
    }
    if (breaksGroups(this.#nodes, affinity)) {
      throw new MemoryAllocationError('preferred hint violates NUMA node allocation')
    }
    return affinity
  }

  #hintList(pod: Pod, request: MemoryRequest): readonly TopologyHint[] {
    const uid = pod.metadata.uid ?? ''
    return memoryHints(this.#nodes, request, (mask, type) => this.#reusableOn(uid, mask, type))
  }

  #hints(pod: Pod, request: MemoryRequest): ProviderHints {
    const hints = this.#hintList(pod, request)
    return new Map(hints.length === 0 ? [] : [...request.keys()].map((type) => [type, hints]))
  }

  #reusableOn(uid: string, mask: NumaMask, type: string): bigint {
    return this.#reusable?.pod === uid ? (this.#reusable.sizes.get(`${mask}/${type}`) ?? 0n) : 0n
  }

  #updateReusable(pod: Pod, container: Container, blocks: readonly MemoryBlock[]): void {
    const uid = pod.metadata.uid ?? ''
    if (this.#reusable?.pod !== uid) this.#reusable = { pod: uid, sizes: new Map() }
    const { sizes } = this.#reusable
    const initial = pod.spec?.initContainers?.find(({ name }) => name === container.name)
    const ends = initial !== undefined && !isSidecar(initial)
    for (const { numa, type, size } of blocks) {
      const key = `${numaMask(numa)}/${type}`
      const before = sizes.get(key) ?? 0n
      if (ends) sizes.set(key, size > before ? size : before)
      else sizes.set(key, size >= before ? 0n : before - size)
    }
  }

  /** What a container reuses no longer counts as memory of the init containers before it. */
  #takeOver(pod: Pod, container: Container, blocks: readonly MemoryBlock[]): void {
    const own = this.#blocks.get(pod.metadata.uid ?? '')
    for (const block of blocks) {
      let rest = block.size
      for (const initial of pod.spec?.initContainers ?? []) {
        if (initial.name === container.name || rest === 0n) break
        if (isSidecar(initial)) continue
        for (const earlier of own?.get(initial.name) ?? []) {
          if (earlier.type !== block.type || numaMask(earlier.numa) !== numaMask(block.numa)) continue
          const taken = least(earlier.size, rest)
          earlier.size -= taken
          rest -= taken
        }
      }
    }
  }
}

/** What a container asks for of each kind of memory; undefined when an amount is no integer. */
function requestOf(container: Container): MemoryRequest | undefined {
  const request = new Map<string, bigint>()
  for (const [type, amount] of Object.entries(container.resources?.requests ?? {})) {
    if (type !== 'memory' && !type.startsWith('hugepages-')) continue
    const bytes = Quantity.parse(String(amount)).asInt64()
    if (bytes === undefined) return undefined
    request.set(type, bytes)
  }
  return request
}

/** What the containers of a pod ask for at once, of each kind that one of the lasting ones asks for. */
function podRequest(pod: Pod): MemoryRequest | undefined {
  const requests = new Map<string, MemoryRequest>()
  for (const container of containersInOrder(pod)) {
    const request = requestOf(container)
    if (request === undefined) return undefined
    requests.set(container.name, request)
  }
  const kinds = new Set((pod.spec?.containers ?? []).flatMap(({ name }) => [...(requests.get(name)?.keys() ?? [])]))
  const amount = (type: string) =>
    needed<bigint>(
      pod,
      0n,
      (left, right) => left + right,
      ({ name }) => requests.get(name)?.get(type) ?? 0n,
    )
  return new Map([...kinds].map((type) => [type, amount(type)]))
}

/** The hints that lead to what is allocated already; undefined when that is not what is asked for now. */
function regenerated(blocks: readonly MemoryBlock[], request: MemoryRequest): ProviderHints | undefined {
  if (blocks.length !== request.size) return undefined
  const hints = new Map<string, readonly TopologyHint[]>()
  for (const { numa, type, size } of blocks) {
    if (request.get(type) !== size) return undefined
    hints.set(type, [...(hints.get(type) ?? []), { affinity: numaMask(numa), preferred: true }])
  }
  return hints
}
