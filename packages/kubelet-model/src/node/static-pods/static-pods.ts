import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { deepEqual } from '@kube-bonsai/apimachinery'
import type { Clock } from '@kube-bonsai/clock'
import type { PodWorker } from '../../pod/pod-worker.ts'
import { apiTime } from '../../time.ts'
import type { KubeletApi } from '../kubelet-api.ts'
import { keyOf } from './manifest-folder.ts'
import { MirrorKeeper } from './mirror-keeper.ts'

/** What static pods need of their kubelet. */
export interface StaticPodsOptions {
  readonly api: KubeletApi
  readonly clock: Clock
  /** Makes the worker of a pod, which works on this API. */
  start(pod: Pod, api: KubeletApi): PodWorker
  /** Forgets a pod that has ended; resolves when nothing of it is left. */
  forget(pod: Pod): Promise<void>
  failed(pod: Pod, error: unknown): void
}

interface Slot {
  readonly mirror: MirrorKeeper
  current?: { pod: Pod; readonly worker: PodWorker; isEnding: boolean } | undefined
  /** Waits for the current one to end. */
  next?: Pod | undefined
}

/**
 * The pods that a node has by itself. They run whether or not the API can be reached; one of a name at a time, so that a changed
 * one waits until the one before it has ended.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/pod_workers.go allowPodStart
 */
export class StaticPods {
  readonly #options: StaticPodsOptions
  readonly #slots: Map<string, Slot> = new Map()
  readonly #seen: Map<string, string> = new Map()
  #isReady = false
  #stopped = false

  constructor(options: StaticPodsOptions) {
    this.#options = options
  }

  /** These are the pods from now on. */
  set(pods: readonly Pod[]): void {
    const wanted = new Map(pods.map((pod) => [keyOf(pod), this.#firstSeen(pod)]))
    for (const [key, slot] of this.#slots) {
      const pod = wanted.get(key)
      slot.next = undefined
      if (slot.current === undefined) continue
      if (pod === undefined || pod.metadata.uid !== slot.current.pod.metadata.uid) this.#end(slot)
    }
    for (const pod of wanted.values()) this.#want(this.#slot(pod), pod)
  }

  /** Every pod that the API has on this node is known now: mirrors of nothing go, and missing ones are made. */
  ready(): void {
    this.#isReady = true
    for (const slot of this.#slots.values()) slot.mirror.check(true)
  }

  /** A mirror pod has come, or has changed. */
  mirrorChanged(mirror: Pod): void {
    const slot = this.#slot(mirror)
    const isNew = slot.mirror.changed(mirror)
    const { current } = slot
    if (current === undefined || current.isEnding || !slot.mirror.shows(current.pod)) return
    current.worker.mirrored(mirror.status, isNew)
  }

  mirrorRemoved(mirror: Pod): void {
    this.#slots.get(keyOf(mirror))?.mirror.removed(mirror)
  }

  /** How many there are in the API. */
  get mirrors(): number {
    return [...this.#slots.values()].filter(({ mirror }) => mirror.exists).length
  }

  stop(): void {
    this.#stopped = true
    for (const { mirror } of this.#slots.values()) mirror.stop()
  }

  /** Pods say when their node has heard of them first. */
  #firstSeen(pod: Pod): Pod {
    const uid = pod.metadata.uid ?? ''
    const seen = this.#seen.get(uid) ?? apiTime(this.#options.clock.now())
    this.#seen.set(uid, seen)
    const annotations = { ...pod.metadata.annotations, 'kubernetes.io/config.seen': seen }
    return { ...pod, metadata: { ...pod.metadata, annotations } }
  }

  #slot(pod: Pod): Slot {
    const key = keyOf(pod)
    const known = this.#slots.get(key)
    if (known !== undefined) return known
    const { api, clock, failed } = this.#options
    const slot: Slot = {
      mirror: new MirrorKeeper({
        client: api.mirrors,
        clock,
        failed: (error) => failed(pod, error),
        isReady: () => this.#isReady,
        // What ends is shown until it has ended.
        wanted: () => (slot.current?.isEnding === true ? 'anything' : slot.current?.pod),
      }),
    }
    this.#slots.set(key, slot)
    return slot
  }

  #want(slot: Slot, pod: Pod): void {
    const { current } = slot
    if (current === undefined) this.#start(slot, pod)
    else if (current.isEnding) slot.next = pod
    else if (!deepEqual(current.pod, pod)) {
      current.pod = pod
      current.worker.update({ ...pod, ...(current.worker.pod.status && { status: current.worker.pod.status }) })
    }
  }

  #start(slot: Slot, pod: Pod): void {
    slot.next = undefined
    const { api, start } = this.#options
    const worker = start(pod, {
      objects: api.objects,
      event: (...told) => api.event(...told),
      writeStatus: async (_pod, status) => {
        const { current, mirror } = slot
        // Nobody reads the status of a pod whose mirror is not there, or is that of the next one.
        if (current?.pod.metadata.uid !== pod.metadata.uid || current?.isEnding !== false) return true
        const shown = mirror.of(current.pod)
        return shown === undefined ? true : api.writeStatus(shown, status)
      },
      removePod: async () => this.#ended(slot, pod),
    })
    slot.current = { pod, worker, isEnding: false }
    worker.wake()
    slot.mirror.check()
  }

  /** The pod ends as one that is deleted from the API does. */
  #end({ current }: Slot): void {
    if (current === undefined || current.isEnding) return
    current.isEnding = true
    const { pod, worker } = current
    const grace = Math.max(1, pod.spec?.terminationGracePeriodSeconds ?? 30)
    const deletionTimestamp = apiTime(this.#options.clock.now() + grace * 1000)
    const metadata = { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: grace }
    worker.update({ ...worker.pod, metadata })
  }

  async #ended(slot: Slot, pod: Pod): Promise<void> {
    if (slot.current?.pod.metadata.uid !== pod.metadata.uid) return
    await this.#options.forget(pod)
    slot.current = undefined
    if (this.#stopped) return
    if (slot.next !== undefined) this.#start(slot, slot.next)
    else {
      this.#seen.delete(pod.metadata.uid ?? '')
      slot.mirror.check()
    }
  }
}
