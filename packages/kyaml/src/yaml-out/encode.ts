import { KyamlEncodeError } from '../encode/errors.ts'
import { checkKey, checkValue } from '../encode/text.ts'
import { YamlError } from '../errors.ts'
import { formatFloat64 } from '../go/float-key.ts'
import { LineIndex } from '../position.ts'
import { decode } from '../reader/decode.ts'
import { faultsOfValue, parseYamlStream } from '../syntax/yaml-tree.ts'
import { type Emittable, Emitter } from './emitter.ts'

/**
 * Writes JSON data as `kubectl -o yaml` prints it, byte for byte. `undefined` entries are left out.
 *
 * Two things do not survive, as in Kubernetes: a key `<<` reads as a merge, and an empty line break U+0085 folds.
 *
 * @param value JSON data; `bigint` is written as an integer
 * @throws KyamlEncodeError for what has no JSON form, and for strings that Kubernetes cannot print either
 * @see https://github.com/kubernetes-sigs/yaml/blob/v1.6.0/yaml.go
 */
export function encodeYaml(value: unknown): string {
  return emit(value, { key: checkKey, value: checkValue })
}

/**
 * Converts a JSON text to YAML, byte for byte as Kubernetes does. Integers keep all their digits.
 *
 * @throws YamlError when the text is neither JSON nor YAML
 * @see https://github.com/kubernetes-sigs/yaml/blob/v1.6.0/yaml.go
 */
export function jsonToYaml(text: string): string {
  const document = parseYamlStream(text)[0]
  if (document === undefined) return 'null\n'
  const faults = faultsOfValue(document)
  const decoded =
    document.root === undefined || faults.length > 0
      ? { value: null, faults: [] }
      : decode(document.root, { strict: false, exact: true })
  const fault = faults[0] ?? decoded.faults[0]
  if (fault !== undefined) {
    const { line, column } = new LineIndex(text).at(fault.offset)
    throw new YamlError({ ...fault, line, column })
  }
  const asIs = (s: string): string => s
  return emit(decoded.value, { key: asIs, value: asIs })
}

function emit(value: unknown, check: { key: (s: string) => string; value: (s: string) => string }): string {
  const describe = (node: unknown): Emittable => {
    if (typeof node === 'string') return { kind: 'string', text: check.value(node) }
    if (node === null || node === undefined || typeof node === 'boolean')
      return { kind: 'word', text: String(node ?? null) }
    if (typeof node === 'number' || typeof node === 'bigint') return { kind: 'word', text: formatNumber(node) }
    if (Array.isArray(node)) return { kind: 'sequence', items: node }
    if (typeof node !== 'object') throw new KyamlEncodeError('not-json', `a ${typeof node} has no JSON form`)
    const entries = Object.entries(node).filter(([, item]) => item !== undefined)
    return { kind: 'mapping', entries: entries.map(([key, item]) => [check.key(key), item]) }
  }
  try {
    return new Emitter(describe).document(value)
  } catch (error) {
    if (error instanceof RangeError)
      throw new KyamlEncodeError('too-deep', 'the value nests too deep, or contains itself')
    throw error
  }
}

function formatNumber(value: number | bigint): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new KyamlEncodeError('not-json', `${value} has no JSON form`)
  }
  // Whole numbers below 1e21 have no exponent in JSON, and are integers as far as 64 bits go.
  if (typeof value === 'bigint' || (Number.isInteger(value) && Math.abs(value) < 1e21)) {
    const whole = BigInt(value)
    if (whole >= -(2n ** 63n) && whole < 2n ** 64n) return String(whole)
  }
  return formatFloat64(Number(value))
}
