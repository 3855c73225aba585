import type { JsonValue } from '@kube-bonsai/apimachinery'
import { parseDuration } from '@kube-bonsai/clock'
import { type ReadDocument, readDocuments } from '@kube-bonsai/kyaml'
import { type KubeletConfiguration, record } from './configuration.ts'
import { type ConfigWarning, KubeletConfigError } from './errors.ts'
import { configFields, type FieldKind } from './fields.ts'

/** A configuration file as it was read. */
export interface ConfigFile {
  readonly value: KubeletConfiguration
  /** `kubelet.config.k8s.io/v1beta1, Kind=KubeletConfiguration`. */
  readonly kind: string
  /** Fields that are not known. */
  readonly warnings: readonly ConfigWarning[]
}

/** Reads one file, YAML or JSON. Throws KubeletConfigError with the line and the field that are wrong. */
export function readConfigFile(file: string, text: string): ConfigFile {
  if (text.length === 0) throw new KubeletConfigError(`kubelet config file "${file}" was empty`, { file })
  const [document] = readDocuments(text, { strict: true })
  const [error] = document?.errors ?? []
  if (error !== undefined) {
    const { line, path } = error
    const duplicate = error.code === 'duplicate-key'
    const key = String(path.at(-1) ?? '')
    const what = duplicate ? `strict decoding error: key "${key}" already set in map` : `yaml: ${numbered(error)}`
    throw new KubeletConfigError(`${what} (${file}:${line})`, {
      file,
      line,
      ...(key !== '' && { field: path.join('.') }),
    })
  }
  const value = document === undefined ? {} : record(toJson(document.value))
  const { apiVersion = '', kind } = value
  if (typeof kind !== 'string' || kind === '') {
    throw new KubeletConfigError(`Object 'Kind' is missing in '${text}'`, { file })
  }
  if (document !== undefined) checkKinds(file, document, value)
  const warnings = document === undefined ? [] : unknownFields(file, document, value)
  return { value, kind: `${groupVersion(String(apiVersion))}, Kind=${kind}`, warnings }
}

function numbered({ line, goMessage }: { readonly line: number; readonly goMessage: string }): string {
  return goMessage.startsWith('line ') ? goMessage : `line ${line}: ${goMessage}`
}

/** `/` for nothing, `/v1` for a version without a group. */
const groupVersion = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion : `/${apiVersion}`)

/** What the reader gives is JSON already: maps, lists, strings, numbers, booleans and null. */
function toJson(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value !== 'object') return null
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, toJson(entry)]))
}

function checkKinds(file: string, document: ReadDocument, value: KubeletConfiguration): void {
  for (const [field, given] of Object.entries(value)) {
    const kind = configFields.get(field)
    if (kind === undefined || given === null || fits(kind, given)) continue
    const { line } = document.positionOf([field])
    const shown = JSON.stringify(given)
    const article = /^[aeiou]/.test(kind) ? 'an' : 'a'
    throw new KubeletConfigError(`${field}: ${article} ${kind} is expected, not ${shown} (${file}:${line})`, {
      file,
      line,
      field,
    })
  }
}

function fits(kind: FieldKind, value: JsonValue): boolean {
  switch (kind) {
    case 'string':
    case 'boolean':
    case 'number':
      return typeof value === kind
    case 'integer':
      return Number.isSafeInteger(value)
    case 'list':
      return Array.isArray(value)
    case 'duration':
      return typeof value === 'string' && isDuration(value)
    default:
      return typeof value === 'object' && !Array.isArray(value)
  }
}

function isDuration(text: string): boolean {
  try {
    parseDuration(text)
    return true
  } catch {
    return false
  }
}

function unknownFields(file: string, document: ReadDocument, value: KubeletConfiguration): readonly ConfigWarning[] {
  return Object.keys(value)
    .filter((field) => !configFields.has(field))
    .map((field) => {
      const { line } = document.positionOf([field])
      return { file, line, field, message: `unknown field "${field}" (${file}:${line})` }
    })
}
