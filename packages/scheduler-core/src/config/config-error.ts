/** A configuration that no scheduler can run with. */
export class SchedulerConfigError extends Error {
  /** Each fault on its own, as upstream words it. */
  readonly faults: readonly string[]

  constructor(faults: readonly string[], message: string = faults.join(', ')) {
    super(message)
    this.name = 'SchedulerConfigError'
    this.faults = faults
  }
}

/** A document with fields that do not exist. */
export class StrictDecodingError extends SchedulerConfigError {
  constructor(faults: readonly string[]) {
    super(faults, `strict decoding error: ${faults.join(', ')}`)
    this.name = 'StrictDecodingError'
  }
}
