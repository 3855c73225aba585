import { compactJson, type FieldError, invalid } from '@kube-bonsai/apimachinery'
import { type Fields, isFields, textOf } from '../meta/json.ts'
import { setOwn } from './schema/set-own.ts'

/** Where a custom resource keeps what its scale subresource shows, as dotted paths that begin with a dot. */
export interface ScalePaths {
  readonly specReplicas: string
  readonly statusReplicas: string
  /** Empty where there is none. */
  readonly labelSelector: string
}

/** The paths of `subresources.scale`; undefined where there is none. */
export function scalePathsOf(scale: unknown): ScalePaths | undefined {
  if (!isFields(scale)) return undefined
  return {
    specReplicas: textOf(scale['specReplicasPath']),
    statusReplicas: textOf(scale['statusReplicasPath']),
    labelSelector: textOf(scale['labelSelectorPath']),
  }
}

/** The names on a path. */
export function splitPath(path: string): readonly string[] {
  return path.replace(/^\./, '').split('.')
}

/** A value found on a path, or why it cannot be used. */
export interface Found {
  readonly value: unknown
  /** In Go's words; empty when there is none. */
  readonly problem: string
}

/** Looks for a value of a type on a path; a missing one is no problem. */
export function lookUpPath(object: Fields, path: string, type: 'integer' | 'string'): Found {
  const names = splitPath(path)
  let value: unknown = object
  for (const [index, name] of names.entries()) {
    if (!isFields(value)) {
      const where = `.${names.slice(0, index + 1).join('.')}`
      return { value: undefined, problem: accessor(where, value, 'map[string]interface{}') }
    }
    if (!Object.hasOwn(value, name)) return { value: undefined, problem: '' }
    value = value[name]
  }
  const fits = type === 'string' ? typeof value === 'string' : Number.isInteger(value)
  if (fits) return { value, problem: '' }
  return { value: undefined, problem: accessor(`.${names.join('.')}`, value, type === 'string' ? 'string' : 'int64') }
}

function accessor(path: string, value: unknown, expected: string): string {
  return `${path} accessor error: ${goValue(value)} is of the type ${goType(value)}, expected ${expected}`
}

function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}

function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`
  if (!isFields(value)) return typeof value === 'number' ? compactJson(value) : String(value)
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return `map[${entries.map(([name, item]) => `${name}:${goValue(item)}`).join(' ')}]`
}

const maxInt32 = 2_147_483_647

/** What is wrong with the wanted replicas of an object. */
export function scaleSpecErrors(object: Fields, paths: ScalePaths | undefined): readonly FieldError[] {
  return paths === undefined ? [] : replicasErrors(object, paths.specReplicas)
}

/** What is wrong with the replicas that an object has, and with its selector. */
export function scaleStatusErrors(object: Fields, paths: ScalePaths | undefined): readonly FieldError[] {
  if (paths === undefined) return []
  const errors = [...replicasErrors(object, paths.statusReplicas)]
  if (paths.labelSelector === '') return errors
  const { problem } = lookUpPath(object, paths.labelSelector, 'string')
  return problem === '' ? errors : [...errors, invalid(paths.labelSelector, '', problem)]
}

function replicasErrors(object: Fields, path: string): readonly FieldError[] {
  const { value, problem } = lookUpPath(object, path, 'integer')
  if (problem !== '') return [invalid(path, 0, problem)]
  const count = typeof value === 'number' ? value : 0
  if (count < 0) return [invalid(path, count, 'should be a non-negative integer')]
  return count > maxInt32 ? [invalid(path, count, `should be less than or equal to ${maxInt32}`)] : []
}

/** The object with a value on a path; objects on the way are made where there are none. */
export function withPath(object: Fields, path: string, value: unknown): Fields {
  const [name = '', ...rest] = splitPath(path)
  const result: Record<string, unknown> = { ...object }
  const below = Object.hasOwn(object, name) && isFields(object[name]) ? object[name] : {}
  setOwn(result, name, rest.length === 0 ? value : withPath(below, rest.join('.'), value))
  return result
}
