import { readFileSync } from 'node:fs'
import { encodeKyaml, formatKyaml, jsonToYaml, printKyaml, yamlToJson } from '@kube-bonsai/kyaml'
import { expect, test } from 'vitest'

interface Given {
  readonly object: object
  readonly yaml: string
  readonly json: string
  readonly compact?: boolean
  readonly strict?: boolean
  readonly mode?: 'marshal' | 'printer'
}

interface Case {
  readonly in: Given
  readonly out?: {
    readonly text?: string
    readonly yaml?: string
    readonly json?: string
    readonly parseError?: string
  }
  readonly error?: string
}

const casesOf = (name: string): readonly Case[] =>
  readFileSync(new URL(`golden/${name}.ndjson`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Case)

const encode = ({ object, compact, mode }: Given): string => {
  if (mode === 'printer') return printKyaml(object, { compact })
  return encodeKyaml(object, { compact, document: mode !== 'marshal' })
}

const functions: Readonly<Record<string, (given: Given) => string>> = {
  'kyaml.encode': encode,
  'kyaml.encodeYAML': ({ yaml, compact }) => formatKyaml(yaml, { compact }),
  'yaml.fromJSON': ({ json }) => jsonToYaml(json),
  'yaml.toJSON': ({ yaml, strict }) => yamlToJson(yaml, { strict: strict === true }),
}

const outcome = (run: () => string): { text?: string; failed: boolean } => {
  try {
    return { text: run(), failed: false }
  } catch {
    return { failed: true }
  }
}

for (const [name, run] of Object.entries(functions)) {
  test(`${name} gives the bytes that Kubernetes gives`, () => {
    for (const { in: given, out, error } of casesOf(name)) {
      const want = error === undefined ? { text: out?.text ?? out?.yaml ?? out?.json, failed: false } : { failed: true }
      expect({ given, ...outcome(() => run(given)) }).toEqual({ given, ...want })
    }
  })
}

test('kyaml.roundTrip: what is printed reads back as Kubernetes reads it', () => {
  for (const { in: given, out, error } of casesOf('kyaml.roundTrip')) {
    const printed = outcome(() => ('yaml' in given ? formatKyaml(given.yaml, given) : encode(given)))
    expect({ given, failed: printed.failed }).toEqual({ given, failed: error !== undefined })
    if (printed.text === undefined) continue
    const read = outcome(() => yamlToJson(printed.text ?? ''))
    expect(printed.text).toBe(out?.text)
    expect({ given, read: read.text }).toEqual({ given, read: out?.json })
  }
})
