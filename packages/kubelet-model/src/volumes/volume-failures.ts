import { causeOf, MountError, type MountStep } from './mount-error.ts'

/** Half a second doubling to about two minutes. */
const shortest = 500
const longest = 122_000
/** What cannot even be found out is looked at with each sync that is tried again. */
const syncAgain = 10_000
/** After so many tries nobody needs to wait for the next one. */
const tries = 5

/** A volume that could not be set up. */
export interface Failure {
  readonly name: string
  readonly step: MountStep
  readonly cause: string
  /** False when the same was said a moment ago. */
  readonly isNews: boolean
}

interface Known extends Failure {
  readonly count: number
  /** When the next try is due, and when it was to be before somebody hurried. */
  readonly until: number
  readonly quietUntil: number
}

/** What has failed of a pod's volumes, and when each is tried again. */
export class VolumeFailures {
  readonly #known: Map<string, Known> = new Map()

  /** Notes that a volume has failed. */
  note(name: string, error: unknown, now: number): Failure {
    const before = this.#known.get(name)
    const step = error instanceof MountError ? error.step : 'setUp'
    const cause = causeOf(error)
    const isHurried = before !== undefined && now < before.quietUntil
    const isNews = !(isHurried && before.cause === cause)
    const count = isHurried ? before.count : (before?.count ?? 0) + 1
    const wait = step === 'process' ? syncAgain : Math.min(shortest * 2 ** (count - 1), longest)
    const until = isHurried ? before.quietUntil : now + wait
    const failure = { name, step, cause, isNews, count, until, quietUntil: until }
    this.#known.set(name, failure)
    return failure
  }

  /** True when it is worth another try. */
  isDue(name: string, now: number): boolean {
    const known = this.#known.get(name)
    return known === undefined || now >= known.until
  }

  /** A volume is set up. */
  forget(name: string): void {
    this.#known.delete(name)
  }

  /** Everything is due at once. */
  hurry(): void {
    for (const [name, known] of this.#known) this.#known.set(name, { ...known, until: 0 })
  }

  /** Those of some volumes of which nobody knows what they are. */
  unprocessed(names: readonly string[]): readonly Failure[] {
    return names.flatMap((name) => {
      const known = this.#known.get(name)
      return known?.step === 'process' ? [known] : []
    })
  }

  /** When the next one is due. */
  get next(): number {
    return Math.min(...[...this.#known.values()].map(({ until }) => until))
  }

  /** True when all have failed so often that it may go on for ever. */
  get isLasting(): boolean {
    return [...this.#known.values()].some(({ count }) => count > tries)
  }
}
