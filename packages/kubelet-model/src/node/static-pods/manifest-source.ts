import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { type Clock, parseDurationMs, type Timer } from '@kube-bonsai/clock'
import { ManifestFolder, type ManifestFolderOptions } from './manifest-folder.ts'

/** When a source of static pods looks at its folder. */
export interface ManifestSourceOptions extends ManifestFolderOptions {
  readonly clock: Clock
  /** Rounds are counted from here, in milliseconds since the epoch. */
  readonly startedAt: number
  /** How long between two rounds, a duration. */
  readonly frequency: string
  /** These are the pods now. */
  changed(pods: readonly Pod[]): void
}

/**
 * Tells of the static pods of a folder. A changed file counts at once; what is wrong then takes effect with the next round, and
 * while nothing is wrong there are no rounds.
 */
export class ManifestSource {
  readonly #options: ManifestSourceOptions
  readonly #folder: ManifestFolder
  readonly #frequency: number
  #timer: Timer | undefined

  constructor(options: ManifestSourceOptions) {
    this.#options = options
    this.#folder = new ManifestFolder(options)
    this.#frequency = parseDurationMs(options.frequency)
  }

  /** Looks at all files. */
  list(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#folder.list()
    this.#options.changed(this.#folder.pods)
  }

  /** Looks at one file, by its absolute path. */
  fileChanged(path: string): void {
    const again = this.#folder.changed(path)
    this.#options.changed(this.#folder.pods)
    if (!again || this.#timer !== undefined) return
    const { clock, startedAt } = this.#options
    const round = Math.floor((clock.now() - startedAt) / this.#frequency) + 1
    this.#timer = clock.schedule(startedAt + round * this.#frequency, () => this.list())
  }

  stop(): void {
    this.#timer?.cancel()
  }
}
