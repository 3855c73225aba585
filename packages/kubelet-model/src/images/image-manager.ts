import type { Pod, Secret } from '@kube-bonsai/api-types/core/v1'
import { type Clock, formatDurationMs } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { KubeletConfiguration } from '../config/configuration.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { CheckpointStore } from '../node/checkpoints.ts'
import { CrashBackoff } from '../pod/crash-backoff.ts'
import type { ContainerRuntime, PullResult } from '../runtime/container-runtime.ts'
import { imageProblem } from '../runtime/image-name.ts'
import { type PullCredential, pullCredentials } from './credentials.ts'
import { repositoryOf } from './image-reference.ts'
import { durationBuckets, sizeBucket } from './image-size.ts'
import { PullManager } from './pull-manager.ts'
import { PullQueue, PullRate, pullLimit } from './pull-queue.ts'
import { verificationPolicy } from './verification-policy.ts'

/** Whether an image is there, or why a container cannot have it, and from when it is worth another try. */
export type EnsuredImage =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly message: string; readonly retryAt: number }

/** What an image manager works with. */
export interface ImageManagerOptions {
  readonly clock: Clock
  readonly runtime: ContainerRuntime
  readonly metrics: Metrics
  readonly gates: FeatureGates
  readonly configuration: KubeletConfiguration
  readonly checkpoints: CheckpointStore
  secret(namespace: string, name: string): Secret | undefined
  event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void
}

/** An image that a pod wants, and when it is to be pulled. */
export interface WantedImage {
  readonly image: string
  /** `Always`, `IfNotPresent` or `Never`. */
  readonly policy: string
}

/** A refused pull is shown for so long before the back-off is. */
const shownFor = 1000
/** What is not there by policy is looked for again after so long. */
const lookAgain = 10_000

/**
 * Sees to it that the images of a node's pods are there, and that each pod may use its own.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/images/image_manager.go
 */
export class ImageManager {
  readonly #options: ImageManagerOptions
  readonly #pulls: PullManager
  readonly #queue: PullQueue
  readonly #rate: PullRate
  readonly #backoff: CrashBackoff = new CrashBackoff()
  /** Why the last pull of an image for a pod failed. */
  readonly #problems: Map<string, string> = new Map()

  constructor(options: ImageManagerOptions) {
    const { clock, checkpoints, metrics, configuration, runtime } = options
    this.#options = options
    this.#pulls = new PullManager({
      clock,
      checkpoints,
      metrics,
      needsVerification: verificationPolicy(configuration),
      present: runtime.images(),
    })
    this.#queue = new PullQueue(pullLimit(configuration))
    this.#rate = new PullRate(
      clock,
      numberOf(configuration['registryPullQPS']),
      numberOf(configuration['registryBurst']),
    )
  }

  /** Never rejects. Events are told on the pod. */
  async ensure(pod: Pod, { image, policy }: WantedImage): Promise<EnsuredImage> {
    const { event, runtime, gates, clock } = this.#options
    const problem = imageProblem(image)
    if (problem !== undefined) {
      event(pod, 'Warning', 'InspectFailed', problem)
      return { ok: false, reason: 'InvalidImageName', message: problem, retryAt: clock.now() + lookAgain }
    }
    const id = policy === 'Always' ? undefined : runtime.imageId(image)
    const count = (pullRequired: boolean) => this.#count(policy, policy === 'Always' ? undefined : id, pullRequired)
    if (id === undefined && policy === 'Never') return this.#neverPull(pod, image, count)
    const credentials = () => pullCredentials(pod, repositoryOf(image), this.#options.secret)
    if (id !== undefined) {
      const isVerified = gates.enabled('KubeletEnsureSecretPulledImages')
      if (!isVerified || !this.#pulls.mustPull(image, id, credentials)) {
        const access = isVerified ? ' and can be accessed by the pod' : ''
        event(pod, 'Normal', 'Pulled', `Container image "${image}" already present on machine${access}`)
        count(false)
        return { ok: true }
      }
      // Whether an image is there is not to be learned by those who may not use it.
      if (policy === 'Never') return this.#neverPull(pod, image, count)
    }
    count(true)
    return this.#pull(pod, image, credentials())
  }

  #neverPull(pod: Pod, image: string, count: (pullRequired: boolean) => void): EnsuredImage {
    const { event, clock } = this.#options
    const message = `Container image "${image}" is not present with pull policy of Never`
    event(pod, 'Warning', 'ErrImageNeverPull', message)
    count(false)
    return { ok: false, reason: 'ErrImageNeverPull', message, retryAt: clock.now() + lookAgain }
  }

  async #pull(pod: Pod, image: string, credentials: readonly PullCredential[]): Promise<EnsuredImage> {
    const { event, clock, metrics } = this.#options
    const key = `${pod.metadata.uid}_${image}`
    const now = clock.now()
    const until = this.#problems.has(key) ? this.#backoff.until(key, this.#backoff.since(key), now) : undefined
    if (until !== undefined) {
      const backing = `Back-off pulling image "${image}"`
      event(pod, 'Normal', 'BackOff', backing)
      const message = `${backing}: ${this.#problems.get(key)}`
      return { ok: false, reason: 'ImagePullBackOff', message, retryAt: until }
    }
    this.#problems.delete(key)
    this.#pulls.begin(image)
    event(pod, 'Normal', 'Pulling', `Pulling image "${image}"`)
    const { result, used } = await this.#queue.run(() => this.#ask(image, credentials))
    if (!result.ok) {
      this.#pulls.end(image, '', undefined)
      event(pod, 'Warning', 'Failed', `Failed to pull image "${image}": ${result.message}`)
      const failedAt = clock.now()
      this.#backoff.next(key, failedAt)
      const { reason, message } = explained(image, result.message)
      this.#problems.set(key, `${reason}: ${message}`)
      return { ok: false, reason, message, retryAt: failedAt + shownFor }
    }
    const access = used === undefined ? { nodePodsAccessible: true } : { kubernetesSecrets: [used.secret] }
    this.#pulls.end(image, result.imageId, access)
    const all = clock.now() - now
    const took = `${formatDurationMs(result.milliseconds)} (${formatDurationMs(all)} including waiting)`
    const size = `Image size: ${result.sizeBytes} bytes.`
    event(pod, 'Normal', 'Pulled', `Successfully pulled image "${image}" in ${took}. ${size}`)
    const labels = { image_size_in_bytes: sizeBucket(result.sizeBytes) }
    metrics.histogram('image_pull_duration_seconds', durationBuckets).observe(all / 1000, labels)
    return { ok: true }
  }

  /** Tries one credential after the other; without any, as nobody in particular. */
  async #ask(
    image: string,
    credentials: readonly PullCredential[],
  ): Promise<{ readonly result: PullResult; readonly used?: PullCredential }> {
    const { runtime } = this.#options
    const refused = { ok: false, message: 'pull QPS exceeded' } as const
    let result: PullResult = refused
    for (const used of credentials) {
      result = this.#rate.take() ? await runtime.pullImage(image, used.login) : refused
      if (result.ok) return { result, used }
    }
    if (credentials.length > 0) return { result }
    return { result: this.#rate.take() ? await runtime.pullImage(image) : refused }
  }

  /** Nothing of a pod is to be remembered any more. */
  forget(pod: Pod): void {
    const prefix = `${pod.metadata.uid}_`
    for (const key of [...this.#problems.keys()]) if (key.startsWith(prefix)) this.#problems.delete(key)
  }

  /** Images that are gone are forgotten, unless they came back since `before`. */
  prune(before: number): void {
    this.#pulls.prune(
      this.#options.runtime.images().map(({ id }) => id),
      before,
    )
  }

  #count(policy: string, id: string | undefined, pullRequired: boolean): void {
    this.#options.metrics.counter('image_manager_ensure_image_requests_total').add(1, {
      pull_policy: policy.toLowerCase(),
      present_locally: policy === 'Always' ? 'unknown' : String(id !== undefined),
      pull_required: String(pullRequired),
    })
  }
}

/** The reason and message of a container that waits for a pull that failed. */
function explained(image: string, message: string): { readonly reason: string; readonly message: string } {
  const kinds: Readonly<Record<string, string>> = {
    RegistryUnavailable: 'the registry is unavailable',
    SignatureValidationFailed: 'the signature validation failed',
  }
  for (const [reason, why] of Object.entries(kinds)) {
    if (!message.startsWith(reason)) continue
    return { reason, message: `image pull failed for ${image} because ${why}${message.slice(reason.length)}` }
  }
  return { reason: 'ErrImagePull', message }
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)
