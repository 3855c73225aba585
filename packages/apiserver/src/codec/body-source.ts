import { newBadRequest, type StatusError } from '@kube-bonsai/apimachinery'

/** A body that no object can be read from. It is refused only when the kind that was wanted is known. */
export class UnreadableBody {
  readonly why: string
  readonly source: Uint8Array

  constructor(why: string, source: Uint8Array) {
    this.why = why
    this.source = source
  }
}

/** A body that is refused whatever it was meant for; once the client is known and may ask. */
export class RefusedBody {
  readonly refusal: StatusError

  constructor(refusal: StatusError) {
    this.refusal = refusal
  }
}

const sources = new WeakMap<object, Uint8Array>()

/** Keeps the bytes that a body was read from: refusals quote them, and repeated keys are seen in them alone. */
export function rememberSource(body: unknown, source: Uint8Array): void {
  if (typeof body === 'object' && body !== null) sources.set(body, source)
}

/** The text that a body was read from; undefined for one that came by reference. */
export function sourceOf(body: unknown): string | undefined {
  const source = typeof body === 'object' && body !== null ? sources.get(body) : undefined
  return source && new TextDecoder().decode(source)
}

const repeats = new WeakMap<object, readonly string[]>()

/** Keeps what was said of keys that stand twice in a YAML body: the value has each of them only once. */
export function rememberRepeatedLines(body: unknown, lines: readonly string[]): void {
  if (lines.length > 0 && typeof body === 'object' && body !== null) repeats.set(body, lines)
}

/** Where keys stand twice in the YAML that a body was read from. */
export function repeatedLinesOf(body: unknown): readonly string[] {
  return (typeof body === 'object' && body !== null ? repeats.get(body) : undefined) ?? []
}

/** The same as one error, as upstream's reader tells it when it is strict. */
export const repeatedLinesError = (lines: readonly string[]): string =>
  `yaml: unmarshal errors:${lines.map((line) => `\n  ${line}`).join('')}`

/**
 * The 400 for a body without a kind that the decoder knows.
 * @see staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go transformDecodeError
 */
export function unrecognizedBody(kind: string, why: string, body: unknown): StatusError {
  const bytes = body instanceof UnreadableBody ? body.source : bytesOf(body)
  return newBadRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary(bytes)})`)
}

function bytesOf(body: unknown): Uint8Array {
  const known = typeof body === 'object' && body !== null ? sources.get(body) : undefined
  return known ?? new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body))
}

const shown = 30

function summary(bytes: Uint8Array): string {
  if (bytes.length === 0) return '<empty>'
  const part = bytes.subarray(0, shown)
  const hex = () => Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const text = bytes[0] === 0x7b ? new TextDecoder().decode(part) : hex()
  return bytes.length > shown ? `${text} ...` : text
}
