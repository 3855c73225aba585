import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { CheckpointStore } from './checkpoints.ts'

/** A run of ids: `hostId` on the node is `containerId` inside. */
export interface IdMapping {
  readonly hostId: number
  readonly containerId: number
  readonly length: number
}

/** Where a pod's users live: those of the node, or its own. */
export type UserNamespace =
  | { readonly mode: 'NODE' }
  | { readonly mode: 'POD'; readonly uids: readonly IdMapping[]; readonly gids: readonly IdMapping[] }

/** What a user namespace manager is made of. */
export interface UserNamespaceOptions {
  /** `userNamespaces.idsPerPod`; 65536 by default. */
  readonly idsPerPod?: number
  readonly maxPods: number
  readonly checkpoints: CheckpointStore
  readonly gates: FeatureGates
  /** The ids that `getsubids kubelet` answers; everything from `idsPerPod` on by default. */
  readonly range?: { readonly first: number; readonly length: number }
  /** True when a handler of the runtime has user namespaces; '' is the default handler. */
  readonly handlerSupports: (handler: string) => boolean
}

const gate = 'UserNamespacesSupport'
const unit = 65_536
const allIds = 2 ** 32

/** A pod cannot have its user namespace; the message is the kubelet's. */
export class UserNamespaceError extends Error {
  override readonly name = 'UserNamespaceError'
}

/**
 * Gives pods blocks of ids of their own, the lowest free one first, and remembers them over restarts. The constructor
 * throws a UserNamespaceError where ids do not fit.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/userns/userns_manager.go
 */
export class UserNamespaces {
  readonly #options: UserNamespaceOptions
  readonly #perPod: number
  readonly #first: number
  readonly #blocks: number
  /** By block, counted from the first of the range. */
  readonly #used: Set<number> = new Set()
  readonly #byPod: Map<string, number> = new Map()

  constructor(options: UserNamespaceOptions) {
    const { idsPerPod = unit, maxPods, gates } = options
    const { first, length } = options.range ?? { first: idsPerPod, length: allIds - idsPerPod }
    this.#options = options
    this.#perPod = idsPerPod
    this.#first = first
    this.#blocks = Math.floor(length / idsPerPod)
    if (!gates.enabled(gate)) return
    const fail = (text: string) => new UserNamespaceError(`create user namespace manager: kubelet user ${text}`)
    if (idsPerPod % unit !== 0) throw fail(`namespace length ${idsPerPod} is not a multiple of ${unit}`)
    if (first % idsPerPod !== 0) throw fail(`assigned ID ${first} is not a multiple of ${idsPerPod}`)
    if (first < idsPerPod) throw fail(`assigned ID ${first} must be greater or equal to ${idsPerPod}`)
    if (length % idsPerPod !== 0) throw fail(`assigned IDs length ${length} is not a multiple of ${idsPerPod}`)
    if (this.#blocks < maxPods) throw fail(`assigned IDs are not enough to support ${maxPods} pods`)
    for (const name of options.checkpoints.names()) {
      const uid = /^pods\/(.+)\/userns$/.exec(name)?.[1]
      if (uid !== undefined) this.#restore(uid, options.checkpoints.read(name) ?? '')
    }
  }

  /** The user namespace of a pod: what it had before, or a new one. Throws UserNamespaceError. */
  of(pod: Pod, handler: string = ''): UserNamespace | undefined {
    const { gates, handlerSupports } = this.#options
    const { hostUsers } = pod.spec ?? {}
    if (hostUsers === undefined) return gates.enabled(gate) ? { mode: 'NODE' } : undefined
    if (!gates.enabled(gate)) {
      throw new UserNamespaceError(`the feature gate "${gate}" is disabled: can't set spec.HostUsers`)
    }
    if (hostUsers) return { mode: 'NODE' }
    if (!handlerSupports(handler)) {
      const who = handler === '' ? 'runtime' : `RuntimeClass handler "${handler}"`
      throw new UserNamespaceError(`can't set \`spec.hostUsers: false\`, ${who} does not support user namespaces`)
    }
    const uid = pod.metadata.uid ?? ''
    const mapping: IdMapping = {
      hostId: this.#byPod.get(uid) ?? this.#allocate(uid),
      containerId: 0,
      length: this.#perPod,
    }
    return { mode: 'POD', uids: [mapping], gids: [mapping] }
  }

  /** The first id of a pod's block; undefined when it has none. */
  firstId(uid: string): number | undefined {
    return this.#byPod.get(uid)
  }

  /** A pod is gone: its block is free. */
  release(uid: string): void {
    const first = this.#byPod.get(uid)
    if (first === undefined) return
    this.#byPod.delete(uid)
    this.#used.delete((first - this.#first) / this.#perPod)
    this.#options.checkpoints.remove(fileOf(uid))
  }

  #allocate(uid: string): number {
    let block = 0
    while (this.#used.has(block)) block++
    if (block >= this.#blocks) {
      const why = 'could not find an empty slot to allocate a user namespace'
      throw new UserNamespaceError(`create user namespace: ${why}`)
    }
    const hostId = this.#first + block * this.#perPod
    this.#used.add(block)
    this.#byPod.set(uid, hostId)
    const mappings = [{ hostId, containerId: 0, length: this.#perPod }]
    this.#options.checkpoints.write(fileOf(uid), JSON.stringify({ uidMappings: mappings, gidMappings: mappings }))
    return hostId
  }

  #restore(uid: string, text: string): void {
    const fail = (why: string) =>
      new UserNamespaceError(
        `create user namespace manager: record pod mappings for existing pod ${JSON.stringify(uid)}: ${why}`,
      )
    const [one, ...more] = mappingsOf(text) ?? []
    if (one === undefined || more.length > 0) throw fail('invalid user namespace mappings file')
    if (one.length !== this.#perPod) throw fail(`wrong user namespace length ${one.length}`)
    if (one.hostId % this.#perPod !== 0) throw fail(`wrong user namespace offset specified ${one.hostId}`)
    const block = (one.hostId - this.#first) / this.#perPod
    if (block < 0 || block >= this.#blocks) throw fail(`id ${one.hostId} is out of range`)
    if (this.#used.has(block)) throw fail(`range picked for pod ${JSON.stringify(uid)} already taken`)
    this.#used.add(block)
    this.#byPod.set(uid, one.hostId)
  }
}

const fileOf = (uid: string): string => `pods/${uid}/userns`

function mappingsOf(text: string): readonly { readonly hostId: number; readonly length: number }[] | undefined {
  try {
    const content: unknown = JSON.parse(text)
    if (typeof content !== 'object' || content === null || !('uidMappings' in content)) return undefined
    const { uidMappings } = content
    if (!Array.isArray(uidMappings)) return undefined
    return uidMappings.map((entry: unknown) => {
      const fields = typeof entry === 'object' && entry !== null ? new Map(Object.entries(entry)) : new Map()
      return { hostId: Number(fields.get('hostId')), length: Number(fields.get('length')) }
    })
  } catch {
    return undefined
  }
}
