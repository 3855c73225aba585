import { decode, scheme } from '@kube-bonsai/api-types'
import {
  type FieldError,
  type FieldPath,
  invalid,
  isDNS1035Label,
  nameIsPathSegment,
  type ObjectMeta,
  required,
  validateObjectMeta,
} from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isFields, textOf } from '../../meta/json.ts'
import { fieldOf, type SchemaNode } from './node.ts'
import { setOwn } from './set-own.ts'

/** Metadata as the type that all objects share has it. */
export interface ReadMetadata {
  readonly metadata: Fields
  /** Fields it does not know, without the leading `metadata.`. */
  readonly unknown: readonly string[]
  /** Why it cannot be read, in Go's words. */
  readonly problem: string | undefined
}

// Any built-in kind shows the type that all share.
const carrier = { group: '', version: 'v1', kind: 'ConfigMap' }
const prefix = 'metadata.'

/** Reads metadata of an object of any kind. Expects the types of `v1` loaded. */
export function readMetadata(metadata: unknown): ReadMetadata {
  const { object, unknownFields, typeErrors } = decode(scheme.loaded, carrier, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
  })
  const [problem] = typeErrors
  return {
    metadata: fieldsOf(fieldsOf(object)['metadata']),
    unknown: unknownFields.map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name)),
    problem: problem
      ?.replace(/(Go struct field [A-Za-z0-9]+\.)metadata\./, '$1')
      .replace(/Go struct field ConfigMap\.metadata of/, 'Go value of')
      .replace(/ConfigMap\.metadata/, 'ObjectMeta'),
  }
}

/** What reading the resources embedded in an object found. */
export interface Coerced {
  /** The value itself when nothing changed. */
  readonly value: unknown
  readonly unknown: readonly string[]
  /** The first thing that cannot be read. */
  readonly error: FieldError | undefined
}

/**
 * Reads the metadata of every embedded resource.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta/algorithm.go
 */
export function coerceEmbedded(path: FieldPath, value: unknown, node: SchemaNode | undefined): Coerced {
  const unknown: string[] = []
  let error: FieldError | undefined
  const visit = (item: unknown, at: FieldPath, own: SchemaNode | undefined): unknown => {
    if (own === undefined || !own.below.embedded || error !== undefined) return item
    if (Array.isArray(item)) return item.map((one, index) => visit(one, at.index(index), own.items))
    if (!isFields(item)) return item
    let result = item
    for (const [name, given] of Object.entries(item)) {
      let next = given
      if (own.embedded && (name === 'apiVersion' || name === 'kind') && typeof given !== 'string')
        error ??= invalid(at.child(name), given, 'must be a string')
      if (own.embedded && name === 'metadata') {
        const read = readMetadata(given)
        unknown.push(...read.unknown.map((field) => `${at.child('metadata')}.${field}`))
        if (read.problem !== undefined) error ??= invalid(at.child('metadata'), given, read.problem)
        next = read.metadata
      }
      const child = fieldOf(own, name)
      next = visit(next, own.properties.has(name) ? at.child(name) : at.key(name), child)
      if (next === given) continue
      if (result === item) result = { ...item }
      setOwn(result as Record<string, unknown>, name, next)
    }
    return result
  }
  return { value: visit(value, path, node), unknown: unknown.sort(), error }
}

/**
 * What is wrong with apiVersion, kind and metadata of embedded resources.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta/validation.go
 */
export function embeddedErrors(path: FieldPath, value: unknown, node: SchemaNode | undefined): readonly FieldError[] {
  if (node === undefined || !node.below.embedded) return []
  if (Array.isArray(value)) return value.flatMap((item, index) => embeddedErrors(path.index(index), item, node.items))
  if (!isFields(value)) return []
  const own = node.embedded ? resourceErrors(path, value) : []
  const below = Object.entries(value).flatMap(([name, item]) =>
    embeddedErrors(node.properties.has(name) ? path.child(name) : path.key(name), item, fieldOf(node, name)),
  )
  return [...own, ...below]
}

function resourceErrors(path: FieldPath, resource: Fields): readonly FieldError[] {
  const errors: FieldError[] = []
  for (const name of ['apiVersion', 'kind'])
    if (!Object.hasOwn(resource, name)) errors.push(required(path.child(name), ''))
  for (const [name, value] of Object.entries(resource)) {
    if (name === 'apiVersion') errors.push(...textErrors(path.child(name), value, apiVersionProblem))
    else if (name === 'kind') errors.push(...textErrors(path.child(name), value, kindProblem))
    else if (name === 'metadata') errors.push(...metadataErrors(path.child(name), value))
  }
  return errors
}

function textErrors(path: FieldPath, value: unknown, problemOf: (text: string) => string): readonly FieldError[] {
  if (typeof value !== 'string') return [invalid(path, value, 'must be a string')]
  if (value === '') return [invalid(path, value, 'must not be empty')]
  const problem = problemOf(value)
  return problem === '' ? [] : [invalid(path, value, problem)]
}

function apiVersionProblem(text: string): string {
  return text.split('/').length > 2 ? `unexpected GroupVersion string: ${text}` : ''
}

function kindProblem(kind: string): string {
  const problems = isDNS1035Label(kind.toLowerCase())
  return problems.length === 0 ? '' : `may have mixed case, but should otherwise match: ${problems.join(',')}`
}

function metadataErrors(path: FieldPath, given: unknown): readonly FieldError[] {
  const { metadata, problem } = readMetadata(given)
  if (problem !== undefined) return [invalid(path, given, problem)]
  const meta: ObjectMeta = { ...metadata, name: textOf(metadata['name']) || 'fakename' }
  const namespaced = textOf(metadata['namespace']) !== ''
  return validateObjectMeta(meta, { namespaced, validateName: nameIsPathSegment, path })
}
