import type { Pod, ServiceAccountTokenProjection } from '@kube-bonsai/api-types/core/v1'
import type { Clock, Timer } from '@kube-bonsai/clock'
import type { IssuedToken, KubeletApi } from '../../node/kubelet-api.ts'
import { causeOf, MountError } from '../mount-error.ts'

const day = 86_400_000
const hour = 3600

/** What a token needs. */
export interface PodTokenOptions {
  readonly pod: Pod
  readonly api: KubeletApi
  readonly clock: Clock
  /** It is to be exchanged: it will soon be too old. */
  readonly outdated: () => void
}

/**
 * A token of a pod's service account, bound to the pod. It is asked for when somebody is about to look, and exchanged when
 * four fifths of its life, or a day, are over.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/token/token_manager.go
 */
export class PodToken {
  readonly path: string
  readonly #request: ServiceAccountTokenProjection
  readonly #options: PodTokenOptions
  #issued: IssuedToken | undefined
  #asking: Promise<void> | undefined
  #timer: Timer | undefined

  constructor(request: ServiceAccountTokenProjection, options: PodTokenOptions) {
    this.path = request.path
    this.#request = request
    this.#options = options
  }

  /** The token; undefined until `fill` has been called. */
  get text(): string | undefined {
    return this.#issued?.token
  }

  /** The token and when it expires; undefined until `fill` has been called. */
  get issued(): IssuedToken | undefined {
    return this.#issued
  }

  /** True when there is one that need not be exchanged. */
  get isFresh(): boolean {
    return this.#issued !== undefined && this.#options.clock.now() < this.#exchangeAt(this.#issued)
  }

  /** Asks for a token where there is none that is fresh. Rejects with a MountError, unless the old one is still good. */
  fill(): Promise<void> {
    if (this.isFresh) return Promise.resolve()
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  drop(): void {
    this.#timer?.cancel()
  }

  async #ask(): Promise<void> {
    const { pod, api, clock, outdated } = this.#options
    const { audience, expirationSeconds = hour } = this.#request
    // Signatures take real time, during which simulated time must not go on.
    const release = clock.hold()
    try {
      if (api.requestToken === undefined) throw new MountError('unsupported: this node cannot ask for tokens')
      this.#issued = await api.requestToken(pod, { audiences: audience ? [audience] : [], expirationSeconds })
    } catch (error) {
      const old = this.#issued
      if (old === undefined) throw new MountError(`failed to fetch token: ${causeOf(error)}`)
      if (clock.now() > old.expiresAt) {
        throw new MountError(`token expired and refresh failed: ${causeOf(error)}`)
      }
    } finally {
      release()
    }
    const issued = this.#issued
    if (issued === undefined) return
    this.#timer?.cancel()
    const at = Math.max(this.#exchangeAt(issued), clock.now() + 60_000)
    this.#timer = clock.schedule(at, outdated, { background: true })
  }

  #exchangeAt({ expiresAt }: IssuedToken): number {
    const life = (this.#request.expirationSeconds ?? hour) * 1000
    const issuedAt = expiresAt - life
    return Math.min(expiresAt - life / 5, issuedAt + day)
  }
}
