/**
 * A value that has no KYAML form, because Kubernetes itself cannot print it.
 *
 * `kind` names the reason, `text` the string it is about (empty when it is not about one).
 */
export class KyamlEncodeError extends Error {
  readonly kind: 'control-character' | 'key-break' | 'key-length' | 'not-json' | 'missing-kind' | 'too-deep' | 'cyclic'
  readonly text: string

  constructor(kind: KyamlEncodeError['kind'], message: string, text = '') {
    super(message)
    this.name = 'KyamlEncodeError'
    this.kind = kind
    this.text = text
  }
}
