import { encodeKyaml, formatKyaml, jsonToYaml, printKyaml, yamlToJson } from '@kube-bonsai/kyaml'
import type { OracleFunction } from '../protocol/answer.ts'
import { defineExact, either } from './define.ts'

interface EncodeInput {
  readonly object?: unknown
  readonly compact?: boolean
  readonly mode?: 'fromObject' | 'marshal' | 'printer'
}

/** Numbers as Go's decoder of unstructured objects has them: integers of 64 bits, everything else a float. */
function asUnstructured(value: unknown): unknown {
  if (typeof value === 'bigint') return value === BigInt.asIntN(64, value) ? value : Number(value)
  if (Array.isArray(value)) return value.map(asUnstructured)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asUnstructured(part)]))
}

function encode({ object, compact = false, mode }: EncodeInput): string {
  const value = asUnstructured(object)
  if (mode !== 'printer') return encodeKyaml(value, { compact, document: mode !== 'marshal' })
  if (typeof value !== 'object' || value === null) throw new Error('oracle: printer mode wants an object')
  return printKyaml(value)
}

/** YAML and KYAML. */
export const yamlFunctions: Readonly<Record<string, OracleFunction>> = {
  'kyaml.encode': defineExact<EncodeInput>((input) => ({ text: encode(input) })),
  'kyaml.encodeYAML': defineExact<{ readonly yaml: string; readonly compact?: boolean }>(
    ({ yaml, compact = false }) => ({
      text: formatKyaml(yaml, { compact }),
    }),
  ),
  'kyaml.roundTrip': defineExact<EncodeInput>((input) => {
    const text = encode(input)
    return { text, ...either('json', 'parseError', () => yamlToJson(text)) }
  }),
  'yaml.toJSON': defineExact<{ readonly yaml: string; readonly strict?: boolean }>(({ yaml, strict = false }) => ({
    json: yamlToJson(yaml, { strict }),
  })),
  'yaml.fromJSON': defineExact<{ readonly json: string }>(({ json }) => ({ yaml: jsonToYaml(json) })),
}
