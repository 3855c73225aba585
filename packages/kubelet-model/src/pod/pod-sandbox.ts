import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { WorkerContext } from './worker-context.ts'

/** What the containers of a pod live in: its address, and whatever the node prepares for it. */
export class PodSandbox {
  readonly #context: WorkerContext
  #ip: string | undefined
  #isReady = false

  constructor(context: WorkerContext) {
    this.#context = context
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** The pod's address; kept when the sandbox has ended. */
  get ip(): string | undefined {
    return this.#ip
  }

  /** True when it is there; otherwise an event says what is in the way. */
  make(pod: Pod): boolean {
    if (this.#isReady) return true
    const problem = this.#context.prepareSandbox(pod) ?? this.#address(pod)
    if (problem !== undefined) {
      const message = `Failed to create pod sandbox: ${problem}`
      this.#context.api.event(pod, 'Warning', 'FailedCreatePodSandBox', message)
      return false
    }
    this.#isReady = true
    return true
  }

  /** Takes over what runs from before a restart of the kubelet, with the address that is known if it is free. */
  adopt(pod: Pod): void {
    const { hostIP, takeIp } = this.#context
    this.#ip = pod.spec?.hostNetwork === true ? hostIP : takeIp(pod.status?.podIP)
    this.#isReady = true
  }

  /** Its containers have ended. */
  end(): void {
    this.#isReady = false
  }

  /** The address is free for others. */
  release(pod: Pod): void {
    if (this.#ip !== undefined && pod.spec?.hostNetwork !== true) this.#context.releaseIp(this.#ip)
  }

  /** Takes an address; tells when there is none. */
  #address(pod: Pod): string | undefined {
    this.#ip = pod.spec?.hostNetwork === true ? this.#context.hostIP : this.#context.takeIp()
    return this.#ip === undefined ? 'no IP addresses available in range set' : undefined
  }
}
