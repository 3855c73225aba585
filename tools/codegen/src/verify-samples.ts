import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { check, decode, scheme } from '@kube-bonsai/api-types'
import { parse } from 'yaml'

/** What became of upstream's samples. */
export interface SampleCounts {
  /** Files of kinds that v1.35 no longer has, or that no API serves. */
  readonly otherKinds: number
  readonly checked: number
  /** One line per sample that does not check or changes on its way through `decode`. */
  readonly failures: readonly string[]
}

/** Checks and decodes every JSON and YAML sample in a folder of k8s.io/api's testdata. */
export async function verifySamples(folder: string): Promise<SampleCounts> {
  const types = await scheme.loadAll()
  const failures: string[] = []
  let otherKinds = 0
  let checked = 0
  for (const name of readdirSync(folder).sort()) {
    if (!/\.(json|yaml)$/.test(name)) continue
    const text = readFileSync(join(folder, name), 'utf8')
    const sample: unknown = name.endsWith('.json') ? JSON.parse(text) : parse(text)
    const { apiVersion, kind } = sample as { readonly apiVersion?: string; readonly kind?: string }
    if (apiVersion === undefined || kind === undefined) {
      otherKinds++
      continue
    }
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
    const gvk = { group: group ?? '', version: version ?? '', kind }
    if (types.typeOf(gvk)?.kinds === undefined) {
      otherKinds++
      continue
    }
    checked++
    for (const error of await check(sample))
      failures.push(`${name}: ${error.path}: ${error.expected}, is ${error.actual}`)
    const { object, unknownFields, typeErrors } = decode(types, gvk, sample)
    for (const field of unknownFields) failures.push(`${name}: unknown field ${field}`)
    for (const error of typeErrors) failures.push(`${name}: ${error}`)
    if (!isDeepStrictEqual(object, sample)) failures.push(`${name}: changes: ${firstDifference(object, sample, '')}`)
    if (object !== undefined && decode(types, gvk, object).object !== object)
      failures.push(`${name}: changes when decoded again`)
  }
  return { otherKinds, checked, failures }
}

function firstDifference(a: unknown, b: unknown, path: string): string {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return `${path}: ${JSON.stringify(a)} instead of ${JSON.stringify(b)}`
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
    if (!isDeepStrictEqual(left[key], right[key])) return firstDifference(left[key], right[key], `${path}/${key}`)
  return path
}
