import { unknownFieldMessages } from '@kube-bonsai/api-types'
import {
  FieldPath,
  formatApiVersion,
  invalid,
  type KubeObject,
  newBadRequest,
  newInternalError,
  newInvalid,
  type StatusError,
} from '@kube-bonsai/apimachinery'
import type { CustomTarget } from './custom-target.ts'
import { sortedJson } from './sorted-json.ts'

/** A body that was read as a custom resource. */
export interface ReadBody {
  readonly object: KubeObject
  /** One text for each dropped field: `unknown field "spec.foo"`. */
  readonly unknown: readonly string[]
}

/**
 * Reads a body as a custom resource.
 *
 * @param refuse makes the refusal of the result of a patch; absent for a body that is an object
 * @throws StatusError 400 for what is none, 422 for another kind of its group
 */
export function readCustomBody(
  target: CustomTarget,
  value: unknown,
  refuse?: (problem: string) => StatusError,
): ReadBody {
  const { version, kind } = target.info
  const { object, unknownFields, problem } = target.decode(named(target, value, refuse))
  if (problem !== undefined) {
    const text = `${kind} in version "${version}" cannot be handled as a ${kind}: ${problem}`
    throw refuse?.(problem) ?? newBadRequest(text)
  }
  return { object, unknown: unknownFieldMessages(unknownFields) }
}

const goHead = `struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`

function named({ info }: CustomTarget, value: unknown, refuse?: (problem: string) => StatusError): KubeObject {
  const { group, version, kind } = info
  const unrecognized = (why: string) =>
    newBadRequest(`the object provided is unrecognized (must be of type ${kind}): ${why}`)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const type = value === null || value === undefined ? 'null' : Array.isArray(value) ? 'array' : typeof value
    const why = `json: cannot unmarshal ${type} into Go value of type ${goHead}`
    throw unrecognized(`couldn't get version/kind; json parse error: ${why}`)
  }
  const given = value as { readonly apiVersion?: unknown; readonly kind?: unknown; readonly metadata?: unknown }
  const own = typeof given.kind === 'string' ? given.kind : ''
  const asked = typeof given.apiVersion === 'string' ? given.apiVersion : ''
  if (refuse && asked === '')
    throw newInternalError(new Error(`Object 'apiVersion' is missing in 'object has no apiVersion field'`))
  if (own === '')
    throw refuse?.(`Object 'Kind' is missing in '${sortedJson(value)}'`) ?? unrecognized(missingKind(value))
  const wanted = formatApiVersion({ group, version })
  if (asked !== wanted)
    throw newBadRequest(`the API version in the data (${asked}) does not match the expected API version (${wanted})`)
  if (own !== kind) {
    const { name } = (given.metadata ?? {}) as { readonly name?: unknown }
    throw newInvalid({ group, kind: own }, String(name ?? ''), [invalid(FieldPath.of('kind'), own, `must be ${kind}`)])
  }
  return { ...value, apiVersion: wanted, kind, metadata: (given.metadata ?? {}) as KubeObject['metadata'] }
}

function missingKind(value: object): string {
  const text = JSON.stringify(value)
  const short = text.length > 30 ? `${text.slice(0, 30)} ...` : text
  return `Object 'Kind' is missing in '${text}' (${short})`
}
