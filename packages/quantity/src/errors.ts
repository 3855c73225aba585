/** Thrown for a text that is no quantity. */
export class QuantityParseError extends Error {
  /**
   * `format`: not a number with a suffix; `suffix`: the suffix is unknown; `numeric`: no digits; `limit`: an exponent
   * beyond ±1,000 or more than 1,000 characters, with which upstream would compute for long or for ever.
   */
  readonly kind: 'format' | 'suffix' | 'numeric' | 'limit'
  /** The text that was given, cut when it is long. */
  readonly actual: string

  constructor(kind: QuantityParseError['kind'], actual: string) {
    super(messages[kind])
    this.name = 'QuantityParseError'
    this.kind = kind
    this.actual = actual.length > 100 ? `${actual.slice(0, 100)}…` : actual
  }
}

/** The largest exponent and the longest text that is taken. */
export const limit = 1_000

const messages = {
  format: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  suffix: "unable to parse quantity's suffix",
  numeric: 'unable to parse numeric part of quantity',
  limit: `quantities must have an exponent within ±${limit} and no more than ${limit} characters`,
} as const
