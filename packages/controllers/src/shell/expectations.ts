import type { Clock } from '@kube-bonsai/clock'

interface Expected {
  creations: number
  readonly deletions: Set<string>
  readonly at: number
}

const timeout = 5 * 60 * 1000

/**
 * What a controller has asked for and not yet seen in its informer: until then its view is too old to act on.
 * Expectations that were not met within five minutes are given up.
 *
 * @see pkg/controller/controller_utils.go
 */
export class Expectations {
  readonly #clock: Clock
  readonly #expected = new Map<string, Expected>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Expects `creations` new objects and the end of those whose keys or uids are given. */
  expect(key: string, creations: number, deletions: readonly string[] = []): void {
    this.#expected.set(key, { creations, deletions: new Set(deletions), at: this.#clock.now() })
  }

  /** One object less to come: it came, or it will not. */
  creationObserved(key: string): void {
    const expected = this.#expected.get(key)
    if (expected !== undefined) expected.creations--
  }

  /** That object goes, or will not. */
  deletionObserved(key: string, which: string): void {
    this.#expected.get(key)?.deletions.delete(which)
  }

  /** Says whether all that was expected has happened, or enough time has passed. */
  satisfied(key: string): boolean {
    const expected = this.#expected.get(key)
    if (expected === undefined) return true
    const met = expected.creations <= 0 && expected.deletions.size === 0
    return met || this.#clock.now() - expected.at > timeout
  }

  /** Forgets an owner that is gone. */
  delete(key: string): void {
    this.#expected.delete(key)
  }
}
