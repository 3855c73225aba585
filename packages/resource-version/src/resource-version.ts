declare const brand: unique symbol

/**
 * A resource version that can be compared: a positive decimal integer of any length without leading zeros.
 * On the wire it is a plain string; {@link isResourceVersion} tells one from the other.
 */
export type ResourceVersion = string & { readonly [brand]: 'ResourceVersion' }

/** Thrown for a text that is no comparable resource version. `"0"` and `""`, which mean "any" in requests, are none. */
export class ResourceVersionError extends Error {
  readonly kind = 'malformed'
  /** What was given. */
  readonly actual: unknown

  constructor(actual: unknown) {
    super(`resource version is not well formed: ${typeof actual === 'string' ? actual : typeof actual}`)
    this.name = 'ResourceVersionError'
    this.actual = actual
  }
}

const wellFormed = /^[1-9][0-9]*$/

/** True for a string of ASCII digits that starts with 1 to 9. Never throws. */
export function isResourceVersion(value: unknown): value is ResourceVersion {
  return typeof value === 'string' && wellFormed.test(value)
}

/** The same string with the type that says it was checked. Throws a {@link ResourceVersionError}. */
export function parseResourceVersion(value: unknown): ResourceVersion {
  if (!isResourceVersion(value)) throw new ResourceVersionError(value)
  return value
}
