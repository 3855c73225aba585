/** A configuration that no scheduler can run with. */
export class SchedulerConfigError extends Error {
  /** Each fault on its own, as upstream words it. */
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.length === 1 ? (faults[0] ?? '') : `[${faults.join(', ')}]`)
    this.name = 'SchedulerConfigError'
    this.faults = faults
  }
}
