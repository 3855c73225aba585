import { dataLens } from './data.ts'
import { KyamlEncodeError } from './errors.ts'
import { printTree } from './printer.ts'

/** How to write KYAML. */
export interface EncodeKyamlOptions {
  /** Everything on one line. */
  readonly compact?: boolean | undefined
  /** Write a document: a line `---` first, and a newline at the end. Default: only the value itself. */
  readonly document?: boolean | undefined
}

/**
 * Writes JSON data as KYAML, byte for byte as Kubernetes does. Keys are sorted; `undefined` entries are left out.
 *
 * @param value JSON data; `bigint` is written as an integer
 * @throws KyamlEncodeError for what has no JSON form, and for strings that Kubernetes cannot print either
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-cli/5295-kyaml
 */
export function encodeKyaml(value: unknown, options: EncodeKyamlOptions = {}): string {
  let text: string
  try {
    text = printTree(value, dataLens, options.compact === true)
  } catch (error) {
    if (error instanceof RangeError)
      throw new KyamlEncodeError('too-deep', 'the value nests too deep, or contains itself')
    throw error
  }
  return options.document === true ? `---\n${text}\n` : text
}

/**
 * Writes an object as `kubectl -o kyaml` prints it: one document with header.
 *
 * @throws KyamlEncodeError also when both apiVersion and kind are missing
 * @see https://github.com/kubernetes/cli-runtime/blob/v0.35.4/pkg/printers/kyaml.go
 */
export function printKyaml(object: object, options: { readonly compact?: boolean | undefined } = {}): string {
  const { apiVersion, kind } = object as { apiVersion?: unknown; kind?: unknown }
  if (!apiVersion && !kind) {
    const advice = 'set both before printing'
    throw new KyamlEncodeError('missing-kind', `missing apiVersion or kind; ${advice}`)
  }
  return encodeKyaml(object, { ...options, document: true })
}
