import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { isNotFound, type KubeObject, StatusError } from '@kube-bonsai/apimachinery'
import type { ControllerContext } from '@kube-bonsai/controllers'
import { isMirrorPod } from '@kube-bonsai/kubelet-model'

const retryAfter = 5_000

/** The flags of `kubectl drain`. */
export interface DrainOptions {
  /** Pods of daemon sets stay, and are no obstacle; true by default. */
  readonly ignoreDaemonSets?: boolean
  /** Pods with emptyDir volumes go, and their data with them; false by default. */
  readonly deleteEmptyDirData?: boolean
  /** Pods that nothing would replace go too; false by default. */
  readonly force?: boolean
  /** Seconds that pods get to end; what they say themselves by default. */
  readonly gracePeriodSeconds?: number
  /** Only pods with such labels. */
  readonly podSelector?: string
}

/** A drain that is under way. */
export interface Drain {
  /** The pods that have to go, as `namespace/name`. */
  readonly pods: readonly string[]
  /** Resolves when all are gone; rejects with the error of an eviction that was refused for another reason than a budget. */
  readonly finished: Promise<void>
}

/** Pods that a drain does not touch unless told to; the messages are kubectl's. */
export class DrainError extends Error {
  override readonly name = 'DrainError'
  readonly node: string
  /** What is in the way, and which pods. */
  readonly obstacles: readonly { readonly reason: string; readonly pods: readonly string[] }[]
  constructor(node: string, obstacles: DrainError['obstacles']) {
    const texts = obstacles.map(({ reason, pods }) => `cannot delete ${reason}: ${pods.join(', ')}`)
    super(`unable to drain node ${JSON.stringify(node)}: ${texts.join('; ')}`)
    this.node = node
    this.obstacles = obstacles
  }
}

type Verdict = 'delete' | 'skip' | { readonly obstacle: string }

/** @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/kubectl/pkg/drain/filters.go */
function judge(pod: Pod, options: DrainOptions): Verdict {
  const { ignoreDaemonSets = true, deleteEmptyDirData = false, force = false } = options
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true)
  const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
  if (isMirrorPod(pod)) return 'skip'
  if (ended) return 'delete'
  if (owner?.kind === 'DaemonSet' && owner.apiVersion === 'apps/v1')
    return ignoreDaemonSets ? 'skip' : { obstacle: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' }
  if (!deleteEmptyDirData && pod.spec?.volumes?.some(({ emptyDir }) => emptyDir !== undefined))
    return { obstacle: 'Pods with local storage (use --delete-emptydir-data to override)' }
  if (!force && owner === undefined) return { obstacle: 'Pods that declare no controller (use --force to override)' }
  return 'delete'
}

/** Asks every pod of a node to go. Rejects with a DrainError where something is in the way. */
export async function drainNode(
  context: ControllerContext,
  node: string,
  podsOf: (node: string) => readonly Pod[],
  options: DrainOptions,
): Promise<Drain> {
  const { client, informers } = context
  const selected = options.podSelector
    ? new Set(
        (await client.pods().list({ labelSelector: options.podSelector })).items.map(({ metadata }) => metadata.uid),
      )
    : undefined
  const obstacles = new Map<string, string[]>()
  const going = podsOf(node).filter((pod) => {
    if (selected !== undefined && !selected.has(pod.metadata.uid ?? '')) return false
    const verdict = judge(pod, options)
    if (typeof verdict === 'string') return verdict === 'delete'
    const pods = obstacles.get(verdict.obstacle) ?? []
    obstacles.set(verdict.obstacle, [...pods, keyOf(pod)])
    return false
  })
  if (obstacles.size > 0)
    throw new DrainError(
      node,
      [...obstacles].map(([reason, pods]) => ({ reason, pods })),
    )
  const evictions = going.map((pod) => new Eviction(context, pod, options.gracePeriodSeconds))
  await Promise.all(evictions.map((eviction) => eviction.first))
  const gone = Promise.all(evictions.map((eviction) => eviction.gone))
  const left = new Map(evictions.map((eviction) => [eviction.uid, eviction]))
  const unsubscribe = informers.informer('v1/pods').handle({
    onDelete: (pod) => left.get(pod.metadata.uid ?? '')?.removed(),
  })
  const known = new Set(podsOf(node).map(({ metadata }) => metadata.uid))
  for (const [uid, eviction] of left) if (!known.has(uid)) eviction.removed()
  const finished = gone.then(() => {}).finally(unsubscribe)
  finished.catch(() => {})
  return { pods: going.map(keyOf), finished }
}

/** One pod on its way out. */
class Eviction {
  readonly uid: string
  /** Resolves when the pod was asked for the first time. */
  readonly first: Promise<void>
  readonly gone: Promise<void>
  readonly #context: ControllerContext
  readonly #pod: Pod
  readonly #grace: number | undefined
  #over = false
  #resolve = () => {}
  #reject = (_error: unknown) => {}

  constructor(context: ControllerContext, pod: Pod, grace: number | undefined) {
    this.#context = context
    this.#pod = pod
    this.#grace = grace
    this.uid = pod.metadata.uid ?? ''
    this.gone = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.first = this.#ask()
  }

  removed(): void {
    this.#over = true
    this.#resolve()
  }

  async #ask(): Promise<void> {
    const { client, clock } = this.#context
    const { name = '', namespace = '' } = this.#pod.metadata
    if (this.#over) return
    try {
      await client.pods(namespace).createSubresource(name, 'eviction', {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace },
        deleteOptions: {
          ...(this.#grace !== undefined && { gracePeriodSeconds: this.#grace }),
          preconditions: { uid: this.uid },
        },
      } as KubeObject)
    } catch (error) {
      if (isNotFound(error)) return this.removed()
      if (!(error instanceof StatusError) || error.code !== 429) return this.#reject(error)
      clock.schedule(clock.now() + retryAfter, () => this.#ask())
    }
  }
}

const keyOf = ({ metadata: { namespace, name } }: Pod): string => `${namespace}/${name}`
