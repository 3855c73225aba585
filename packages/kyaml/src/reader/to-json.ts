import { YamlError } from '../errors.ts'
import { goMessage } from '../go/messages.ts'
import { goJson } from '../json.ts'
import { LineIndex } from '../position.ts'
import { faultsOfValue, parseYamlStream } from '../syntax/yaml-tree.ts'
import { decode } from './decode.ts'

/**
 * Converts the first document of a YAML text to JSON, byte for byte as Kubernetes does: keys sorted, integers with
 * all their digits.
 *
 * @param options.strict report keys that occur twice in a map
 * @returns JSON without white space; `null` for an empty text
 * @throws YamlError when the text is not YAML or has no form in JSON
 * @see https://github.com/kubernetes-sigs/yaml/blob/v1.6.0/yaml.go
 */
export function yamlToJson(text: string, options: { readonly strict?: boolean } = {}): string {
  const document = parseYamlStream(text)[0]
  if (document === undefined) return 'null'
  // What follows the value in the same document is never looked at.
  const faults = faultsOfValue(document)
  const decoded =
    document.root === undefined || faults.length > 0
      ? { value: null, faults: [] }
      : decode(document.root, { strict: options.strict === true, exact: true })
  const fault = faults[0] ?? decoded.faults[0]
  if (fault !== undefined) {
    const { line, column } = new LineIndex(text).at(fault.offset)
    throw new YamlError({ ...fault, line, column, goMessage: () => goMessage(fault, text) })
  }
  return goJson(decoded.value)
}
