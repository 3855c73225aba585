import type { KubeObject } from '@kube-bonsai/apimachinery'

/** Which object a violation is about. */
export interface ObjectRef {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly uid?: string
}

/** One rule that did not hold: data, not an exception. */
export interface Violation {
  /** The name of the rule. */
  readonly rule: string
  readonly object: ObjectRef
  /** The field, as in `metadata.generation`; empty for the object as a whole. */
  readonly path: string
  /** What would have been right: a value, or words where several would. */
  readonly expected: unknown
  /** What was there; undefined for a field that is absent. */
  readonly actual: unknown
}

/** What a rule says of one event; the checker adds the rule's name and the object. */
export type Breach = Pick<Violation, 'path' | 'expected' | 'actual'>

/** Names an object as violations do. */
export function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { namespace, name = '', uid } = metadata
  return {
    apiVersion,
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
  }
}

/** One line for people: rule, object, field, both sides. */
export function formatViolation({ rule, object, path, expected, actual }: Violation): string {
  const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`
  const where = path === '' ? '' : ` ${path}`
  return `${rule}: ${object.apiVersion} ${object.kind} ${name}${where}: expected ${show(expected)}, got ${show(actual)}`
}

const show = (value: unknown): string =>
  value === undefined ? 'nothing' : typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
