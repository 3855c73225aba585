/** What is wrong with one setting. */
export interface FeatureGateFault {
  /**
   * `syntax`: the flag cannot be read; `unrecognized`: v1.35 has no such gate; `locked`: the default is final;
   * `pre-alpha`: the emulated version does not have it yet; `dependency`: a gate it needs is off; `version`: no such
   * version to emulate.
   */
  readonly kind: 'syntax' | 'unrecognized' | 'locked' | 'pre-alpha' | 'dependency' | 'version'
  /** The gate at fault, where there is one. */
  readonly feature?: string
  /** Upstream's text. */
  readonly message: string
}

/** Thrown when a set of gates cannot be had. The message is upstream's, `faults` tells the single ones. */
export class FeatureGateError extends Error {
  readonly faults: readonly FeatureGateFault[]

  constructor(faults: readonly FeatureGateFault[]) {
    const messages = faults.map((fault) => fault.message)
    super(messages.length === 1 ? messages[0] : `[${messages.join(', ')}]`)
    this.name = 'FeatureGateError'
    this.faults = faults
  }
}

/** Thrown when code asks for a gate that v1.35 does not have. */
export class UnknownFeatureError extends Error {
  readonly feature: string

  constructor(feature: string) {
    super(`feature ${JSON.stringify(feature)} is not registered in FeatureGate`)
    this.name = 'UnknownFeatureError'
    this.feature = feature
  }
}
