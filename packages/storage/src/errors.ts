/** A read or a watch begins before what compaction kept. Read the present state and go on from there. */
export class CompactedError extends Error {
  override readonly name = 'CompactedError'
  /** The revision that was asked for. */
  readonly revision: number
  /** The oldest revision that can still be read. */
  readonly compactedRevision: number

  constructor(revision: number, compactedRevision: number) {
    super(
      `revision ${revision} has been compacted: the oldest one that can be read is ${compactedRevision}; list again and go on from there`,
    )
    this.revision = revision
    this.compactedRevision = compactedRevision
  }
}

/** A read, a watch or a compaction asks for a revision that has not been written yet. */
export class FutureRevisionError extends Error {
  override readonly name = 'FutureRevisionError'
  /** The revision that was asked for. */
  readonly revision: number
  /** The newest committed revision. */
  readonly currentRevision: number

  constructor(revision: number, currentRevision: number) {
    super(`revision ${revision} is in the future: the store is at ${currentRevision}`)
    this.revision = revision
    this.currentRevision = currentRevision
  }
}

/** One transaction changes the same key twice, which etcd refuses too. Nothing was changed. */
export class DuplicateKeyError extends Error {
  override readonly name = 'DuplicateKeyError'
  /** The key that two operations name. */
  readonly key: string

  constructor(key: string) {
    super(`duplicate key given in transaction: ${JSON.stringify(key)}; change a key at most once per transaction`)
    this.key = key
  }
}

/** A value function wrote to the store that is waiting for its value. This write did not happen; the outer one goes on. */
export class NestedTransactionError extends Error {
  override readonly name = 'NestedTransactionError'

  constructor() {
    super('a transaction began while another one was computing its values; write after it has resolved')
  }
}

/** A number that cannot be a revision, or a limit that cannot be one. */
export class InvalidOptionError extends RangeError {
  override readonly name = 'InvalidOptionError'
  /** The option: `revision`, `fromRevision`, `limit`, `historyLimit`. */
  readonly option: string
  readonly actual: unknown

  constructor(option: string, expected: string, actual: unknown) {
    super(`${option} must be ${expected}, got ${String(actual)}`)
    this.option = option
    this.actual = actual
  }
}
