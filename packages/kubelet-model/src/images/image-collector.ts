import type { JsonValue } from '@kube-bonsai/apimachinery'
import { type Clock, parseDurationMs, type Timer } from '@kube-bonsai/clock'
import type { KubeletConfiguration } from '../config/configuration.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { ContainerRuntime } from '../runtime/container-runtime.ts'

const period = 300_000

interface Seen {
  readonly firstDetected: number
  /** 0 for one that was never seen in use. */
  lastUsed: number
}

/** What an image collector works with. */
export interface ImageCollectorOptions {
  readonly clock: Clock
  readonly runtime: ContainerRuntime
  readonly metrics: Metrics
  readonly configuration: KubeletConfiguration
  /** When the kubelet began, in milliseconds since the epoch. */
  readonly startedAt: number
  nodeEvent(type: 'Normal' | 'Warning', reason: string, message: string): void
  /** Images were removed for the sake of space; the pass began at that time. */
  freed(beganAt: number): void
}

/**
 * Removes images that nobody uses: those that are too old, and as many as it takes when their disk is full. It has one timer,
 * every five minutes, and none when it has nothing to do by its configuration.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/images/image_gc_manager.go
 */
export class ImageCollector {
  readonly #options: ImageCollectorOptions
  readonly #seen: Map<string, Seen> = new Map()
  readonly #maxAge: number
  readonly #minAge: number
  readonly #high: number
  readonly #low: number
  #timer: Timer | undefined
  #failed = false

  constructor(options: ImageCollectorOptions) {
    this.#options = options
    const { configuration } = options
    this.#maxAge = duration(configuration['imageMaximumGCAge'], 0)
    this.#minAge = duration(configuration['imageMinimumGCAge'], 120_000)
    this.#high = percent(configuration['imageGCHighThresholdPercent'], 85)
    this.#low = percent(configuration['imageGCLowThresholdPercent'], 80)
    // A disk without bounds never fills up: then only age counts.
    const isBounded = this.#high < 100 && options.runtime.imageDiskBytes !== undefined
    if (this.#maxAge > 0 || isBounded) this.#schedule()
  }

  stop(): void {
    this.#timer?.cancel()
  }

  #schedule(): void {
    const { clock } = this.#options
    const pass = () => {
      this.#schedule()
      this.#pass()
    }
    this.#timer = clock.schedule(clock.now() + period, pass, { background: true })
  }

  #pass(): void {
    try {
      this.collect()
      this.#failed = false
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      // One failure says little; the second in a row is told, and all that follow.
      if (this.#failed) this.#options.nodeEvent('Warning', 'ImageGCFailed', message)
      this.#failed = true
    }
  }

  /** One pass: by age, then by space. Throws an Error for what could not be removed. */
  collect(): void {
    const now = this.#options.clock.now()
    const left = this.#byAge(this.#candidates(now), now)
    this.#bySpace(left, now)
  }

  /** Images that nobody uses and that are not pinned, the longest unused first. */
  #candidates(now: number): readonly Candidate[] {
    const { runtime } = this.#options
    const inUse = runtime.imagesInUse()
    const images = runtime.images()
    const ids = new Set(images.map(({ id }) => id))
    for (const id of [...this.#seen.keys()]) if (!ids.has(id)) this.#seen.delete(id)
    for (const { id, addedAt } of images) {
      const known = this.#seen.get(id) ?? { firstDetected: this.#detected(addedAt, now), lastUsed: 0 }
      if (inUse.has(id)) known.lastUsed = now
      this.#seen.set(id, known)
    }
    return images
      .filter(({ id, pinned }) => !pinned && !inUse.has(id))
      .map(({ id, sizeBytes }) => ({ id, sizeBytes, ...(this.#seen.get(id) ?? { firstDetected: now, lastUsed: 0 }) }))
      .sort((left, right) => left.lastUsed - right.lastUsed || left.firstDetected - right.firstDetected)
  }

  /** A kubelet looks at its images when it starts and every five minutes, and knows of none before. */
  #detected(addedAt: number | undefined, now: number): number {
    const { startedAt } = this.#options
    if (addedAt === undefined) return now
    return Math.min(now, startedAt + Math.max(0, Math.ceil((addedAt - startedAt) / period)) * period)
  }

  /** Removes all images that nobody uses, but for those that have only just come. Throws an Error for what could not be removed. */
  removeUnused(): void {
    const now = this.#options.clock.now()
    const chosen = this.#candidates(now).filter(({ firstDetected }) => now - firstDetected >= this.#minAge)
    const problems = this.#remove(chosen, 'space')
    if (problems.length > 0) throw new Error(`errors in image deletion: ${problems.join(', ')}`)
    this.#options.freed(now)
  }

  #byAge(candidates: readonly Candidate[], now: number): readonly Candidate[] {
    if (this.#maxAge === 0 || now - this.#options.startedAt <= this.#maxAge) return candidates
    const old = candidates.filter(({ lastUsed }) => now - lastUsed > this.#maxAge)
    const problems = this.#remove(old, 'age')
    if (problems.length > 0) {
      const what = `wanted to free images older than ${this.#maxAge / 1000}s, encountered errors in image deletion`
      throw new Error(`${what}: ${problems.join(', ')}`)
    }
    return candidates.filter((image) => !old.includes(image))
  }

  #bySpace(candidates: readonly Candidate[], now: number): void {
    const { runtime, nodeEvent, freed } = this.#options
    const capacity = runtime.imageDiskBytes
    if (capacity === undefined || this.#high >= 100) return
    const used = runtime.images().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const available = Math.max(0, capacity - used)
    const usage = 100 - Math.floor((available * 100) / capacity)
    if (usage < this.#high) return
    const wanted = (capacity * (100 - this.#low)) / 100 - available
    let gone = 0
    const chosen: Candidate[] = []
    for (const image of candidates) {
      if (gone >= wanted) break
      if (now - image.firstDetected < this.#minAge) continue
      chosen.push(image)
      gone += image.sizeBytes
    }
    const problems = this.#remove(chosen, 'space')
    if (problems.length > 0) {
      const what = `wanted to free ${wanted} bytes, but freed ${gone} bytes space with errors in image deletion`
      throw new Error(`${what}: ${problems.join(', ')}`)
    }
    freed(now)
    if (gone >= wanted) return
    const message =
      `Insufficient free disk space on the node's image filesystem (${usage}% of ${sizeText(capacity)} used). ` +
      `Failed to free sufficient space by deleting unused images (freed ${gone} bytes). ` +
      'Investigate disk usage, as it could be used by active images, logs, volumes, or other data.'
    nodeEvent('Warning', 'FreeDiskSpaceFailed', message)
    throw new Error(message)
  }

  /** Tries all of them, and returns what went wrong. */
  #remove(images: readonly Candidate[], reason: 'age' | 'space'): readonly string[] {
    const { runtime, metrics } = this.#options
    return images.flatMap(({ id }) => {
      try {
        runtime.removeImage(id)
        this.#seen.delete(id)
        metrics.counter('image_garbage_collected_total').add(1, { reason })
        return []
      } catch (error) {
        return [error instanceof Error ? error.message : String(error)]
      }
    })
  }
}

interface Candidate extends Seen {
  readonly id: string
  readonly sizeBytes: number
}

const duration = (value: JsonValue | undefined, otherwise: number): number =>
  typeof value === 'string' ? parseDurationMs(value) : otherwise

const percent = (value: JsonValue | undefined, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise

function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power]}`
}
