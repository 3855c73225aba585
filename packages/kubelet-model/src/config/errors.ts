/** Where a configuration is wrong. */
export interface ConfigPlace {
  readonly file?: string
  /** From 1. */
  readonly line?: number
  readonly field?: string
}

/** A configuration that a kubelet does not start with; the message begins with the kubelet's own words. */
export class KubeletConfigError extends Error {
  override readonly name = 'KubeletConfigError'
  readonly file: string | undefined
  readonly line: number | undefined
  readonly field: string | undefined

  constructor(message: string, { file, line, field }: ConfigPlace = {}) {
    super(message)
    this.file = file
    this.line = line
    this.field = field
  }
}

/** A field that no version of the configuration has: it is ignored, and most likely a typo. */
export interface ConfigWarning {
  readonly file: string
  readonly line: number
  readonly field: string
  readonly message: string
}
