import {
  type ApiRequest,
  FieldPath,
  type GroupResource,
  invalid,
  type KubeObject,
  newBadRequest,
  newInternalError,
  newInvalid,
  validateDeleteOptions,
} from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { UnreadableBody } from '../codec/body-source.ts'
import type { DeleteOptions } from '../registry/delete.ts'
import type { Query } from '../request/query.ts'
import { jsonType, noSuchKind, notAnObject } from './body-reader.ts'

/**
 * The options of a delete: a body, or without one the query; never both.
 * Throws a 400 for what cannot be read, a 422 for options that do not go together.
 *
 * @see staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go
 */
export function readDeleteOptions(request: ApiRequest, query: Query, gates: FeatureGates): DeleteOptions {
  const { body } = request
  const given = body === undefined ? fromQuery(query) : fromBody(body)
  const options = gates.enabled('AllowUnsafeMalformedObjectDeletion') ? given : { ...given, [unsafe]: false }
  const problems = validateDeleteOptions(options)
  if (problems.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', problems)
  return options
}

const unsafe = 'ignoreStoreReadErrorWithClusterBreakingPotential'

/** The 422 for an unsafe deletion: no object here is corrupt, and only those may be deleted that way. */
export function refuseUnsafe(options: DeleteOptions, resource: GroupResource, name: string): void {
  if (options[unsafe] !== true) return
  // What gives rights is kept by a store of its own, which cannot.
  if (resource.group === 'rbac.authorization.k8s.io')
    throw newInternalError(`no unsafe deleter provided, can not honor ${unsafe}`)
  const why = 'is exclusively used to delete corrupt object(s), try again by removing this option'
  throw newInvalid({ group: resource.group, kind: resource.resource }, name, [invalid(FieldPath.of(unsafe), true, why)])
}

function fromQuery(query: Query): DeleteOptions {
  const seconds = query.integer('gracePeriodSeconds')
  const policy = query.text('propagationPolicy')
  const dryRun = query.all('dryRun')
  return {
    ...(seconds !== undefined && { gracePeriodSeconds: seconds }),
    ...(policy !== '' && { propagationPolicy: policy }),
    ...(query.text('orphanDependents') !== '' && { orphanDependents: query.flag('orphanDependents') }),
    ...(dryRun.length > 0 && { dryRun }),
  }
}

/** Go's types of the fields, by which it refuses others. */
const types: Readonly<Record<string, readonly [json: string, go: string]>> = {
  gracePeriodSeconds: ['number', 'int64'],
  orphanDependents: ['bool', 'bool'],
  propagationPolicy: ['string', 'v1.DeletionPropagation'],
  dryRun: ['array', '[]string'],
  preconditions: ['object', 'v1.Preconditions'],
}

function fromBody(body: unknown): DeleteOptions {
  if (body instanceof UnreadableBody) throw newBadRequest(body.why)
  // Go reads null as an object without fields.
  if (body === null) return {}
  if (typeof body !== 'object' || Array.isArray(body)) throw newBadRequest(notAnObject(body))
  const given = body as DeleteOptions & Partial<KubeObject>
  if (given.kind !== undefined && given.kind !== 'DeleteOptions')
    throw newBadRequest(noSuchKind(given.kind, given.apiVersion ?? ''))
  for (const [name, value] of Object.entries(body)) {
    const expected = Object.hasOwn(types, name) && value !== null ? types[name] : undefined
    if (expected !== undefined && jsonType(value) !== expected[0])
      throw newBadRequest(
        `json: cannot unmarshal ${jsonType(value)} into Go struct field DeleteOptions.${name} of type ${expected[1]}`,
      )
  }
  return given
}
