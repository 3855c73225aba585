const byteEscapes = (character: string): string =>
  Array.from(new TextEncoder().encode(character), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')

/** Go's own quoting in the time package: bytes of everything that is not plain ASCII. */
const quote = (text: string): string =>
  `"${text.replace(/["\\]/g, '\\$&').replace(/[\u0000-\u001f\u0080-\uffff]+/g, byteEscapes)}"`

/** Thrown for a text that is no duration. The message is Go's. */
export class DurationError extends Error {
  readonly kind: 'invalid duration' | 'missing unit in duration' | 'unknown unit'
  /** The text that was given. */
  readonly actual: string

  constructor(kind: DurationError['kind'], actual: string, unit?: string) {
    super(`time: ${unit === undefined ? kind : `${kind} ${quote(unit)} in duration`} ${quote(actual)}`)
    this.name = 'DurationError'
    this.kind = kind
    this.actual = actual
  }
}
