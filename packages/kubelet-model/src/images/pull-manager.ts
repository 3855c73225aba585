import type { Clock } from '@kube-bonsai/clock'
import type { Counter, Gauge, Metrics } from '../metrics/metrics.ts'
import type { CheckpointStore } from '../node/checkpoints.ts'
import { apiTime } from '../time.ts'
import type { PullCredential } from './credentials.ts'
import { repositoryOf } from './image-reference.ts'
import { type PullAccess, type PulledRecord, type PullSecret, sameSource, withAccess } from './pull-record.ts'
import type { NeedsVerification } from './verification-policy.ts'

const intents = 'image_manager/pulling/'
const records = 'image_manager/pulled/'
/** Above so many secrets a record learns no more by reading. */
const learningLimit = 100

/** What a pull manager is made of. */
export interface PullManagerOptions {
  readonly clock: Clock
  readonly checkpoints: CheckpointStore
  readonly metrics: Metrics
  readonly needsVerification: NeedsVerification
  /** Images on the node when this kubelet began: name and id. */
  readonly present: readonly { readonly name: string; readonly id: string }[]
}

/**
 * Remembers who has pulled which image, and whether a pod may use one that is there without asking the registry.
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/2535-ensure-secret-pulled-images
 */
export class PullManager {
  readonly #options: PullManagerOptions
  /** Pulls that run, by image. */
  readonly #running: Map<string, number> = new Map()
  readonly #checks: Counter
  readonly #intentGauge: Gauge
  readonly #recordGauge: Gauge

  constructor(options: PullManagerOptions) {
    this.#options = options
    this.#checks = options.metrics.counter('imagemanager_image_mustpull_checks_total')
    this.#intentGauge = options.metrics.gauge('imagemanager_ondisk_pullintents')
    this.#recordGauge = options.metrics.gauge('imagemanager_ondisk_pulledrecords')
    this.#recover()
  }

  /** An earlier kubelet ended in the middle of pulls: whether what came of them is for everybody, nobody knows. */
  #recover(): void {
    const { checkpoints, present } = this.#options
    for (const name of checkpoints.names()) {
      if (!name.startsWith(intents)) continue
      const image = decodeURIComponent(name.slice(intents.length))
      const found = present.find((one) => one.name === image)
      if (found === undefined) continue
      this.#write(image, found.id, undefined)
      checkpoints.remove(name)
    }
    this.#count()
  }

  /** A pull begins. */
  begin(image: string): void {
    this.#running.set(image, (this.#running.get(image) ?? 0) + 1)
    this.#options.checkpoints.write(intents + encodeURIComponent(image), JSON.stringify({ image }))
    this.#count()
  }

  /** A pull has ended; `access` says for whom, undefined when it failed. */
  end(image: string, imageRef: string, access: PullAccess | undefined): void {
    if (access !== undefined) this.#write(image, imageRef, access)
    const left = (this.#running.get(image) ?? 1) - 1
    if (left > 0) this.#running.set(image, left)
    else {
      this.#running.delete(image)
      this.#options.checkpoints.remove(intents + encodeURIComponent(image))
    }
    this.#count()
  }

  /** Whether an image that is on the node has to be pulled all the same, so that the registry says who may use it. */
  mustPull(image: string, imageRef: string, credentials: () => readonly PullCredential[]): boolean {
    const result = this.#check(image, imageRef, credentials)
    this.#checks.add(1, { result })
    return result === 'mustAuthenticate'
  }

  #check(
    image: string,
    imageRef: string,
    credentials: () => readonly PullCredential[],
  ): 'credentialPolicyAllowed' | 'credentialRecordFound' | 'mustAuthenticate' {
    const { checkpoints, needsVerification } = this.#options
    const record = this.record(imageRef)
    const isOurs = record !== undefined || checkpoints.read(intents + encodeURIComponent(image)) !== undefined
    if (!needsVerification(image, isOurs)) return 'credentialPolicyAllowed'
    const repository = repositoryOf(image)
    if (record === undefined || !Object.hasOwn(record.credentialMapping, repository)) return 'mustAuthenticate'
    const { nodePodsAccessible, kubernetesSecrets = [] } = record.credentialMapping[repository] ?? {}
    if (nodePodsAccessible === true) return 'credentialRecordFound'
    for (const { secret } of kubernetesSecrets.length === 0 ? [] : credentials()) {
      if (this.#recognises(kubernetesSecrets, secret, image, imageRef)) return 'credentialRecordFound'
    }
    return 'mustAuthenticate'
  }

  /** True for the same credentials, or the same secret with others; what is new about it is noted. */
  #recognises(known: readonly PullSecret[], secret: PullSecret, image: string, imageRef: string): boolean {
    const mayLearn = known.length < learningLimit
    for (const one of known) {
      const isSame = sameSource(one, secret)
      const hasHash = one.credentialHash !== '' && one.credentialHash === secret.credentialHash
      if (!hasHash && !(isSame && mayLearn)) continue
      if (!(isSame && hasHash) && mayLearn) this.#write(image, imageRef, { kubernetesSecrets: [secret] })
      return true
    }
    return false
  }

  /** What is remembered of an image. */
  record(imageRef: string): PulledRecord | undefined {
    const text = this.#options.checkpoints.read(records + encodeURIComponent(imageRef))
    return text === undefined ? undefined : JSON.parse(text)
  }

  /** Forgets images that are gone, unless they came back since `before` (milliseconds since the epoch). */
  prune(present: readonly string[], before: number): void {
    const { checkpoints } = this.#options
    for (const name of checkpoints.names()) {
      if (!name.startsWith(records)) continue
      const imageRef = decodeURIComponent(name.slice(records.length))
      const record = this.record(imageRef)
      if (present.includes(imageRef) || (record && Date.parse(record.lastUpdatedTime) >= before)) continue
      checkpoints.remove(name)
    }
    this.#count()
  }

  #write(image: string, imageRef: string, access: PullAccess | undefined): void {
    const { checkpoints, clock } = this.#options
    const known = this.record(imageRef)
    const change = { imageRef, repository: repositoryOf(image), access, now: apiTime(clock.now()) }
    const next = withAccess(known, change)
    if (next !== known) checkpoints.write(records + encodeURIComponent(imageRef), JSON.stringify(next))
  }

  #count(): void {
    const names = this.#options.checkpoints.names()
    this.#intentGauge.set(names.filter((name) => name.startsWith(intents)).length)
    this.#recordGauge.set(names.filter((name) => name.startsWith(records)).length)
  }
}
