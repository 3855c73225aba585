import type { TokenRequest, TokenRequestSpec } from '@kube-bonsai/api-types/authentication/v1'
import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import {
  FieldPath,
  formatTime,
  type GroupVersionKind,
  instantOfMillis,
  invalid,
  type KubeObject,
  newBadRequest,
  newConflict,
  newInvalid,
  newNotFound,
  parseApiVersion,
} from '@kube-bonsai/apimachinery'
import type { RequestContext, Target } from '../../context.ts'
import { trackedBody } from '../../managed-fields/tracker.ts'
import type { ObjectReference } from '../service-accounts/extra.ts'
import type { TokenObjects } from '../service-accounts/lookup.ts'
import { extendedTokenSeconds, projectedTokenSeconds } from '../service-accounts/options.ts'

/** Where a request for a token goes. */
export interface TokenTarget {
  /** That of service accounts. */
  readonly target: Target
  readonly namespace: string
  readonly name: string
  readonly dryRun: boolean
}

const kind: GroupVersionKind = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }
const hour = 3600
const shortest = 600
const longest = 2 ** 32

/**
 * Issues a token for a service account. Throws a 400, 404, 409 or 422 as upstream does.
 * @see pkg/registry/core/serviceaccount/storage/token.go
 */
export async function requestToken(context: RequestContext, to: TokenTarget, body: KubeObject): Promise<KubeObject> {
  const { server } = context
  const { namespace, name } = to
  const given = await admitted(context, to, trackedBody(context, kind, 'token', withDefaults(body, namespace)))
  checkName(given.metadata.name, name)
  const objects = server.tokenObjects
  const account = await objects.account(namespace, checked(name))
  if (account === undefined) throw newNotFound({ group: '', resource: 'serviceaccounts' }, name)
  const { uid = '' } = account.metadata
  checkUid(context, given.metadata.uid || uid, uid, name)

  const { settings } = server.serviceAccountTokens
  const now = server.clock.now()
  const audiences = given.spec.audiences?.length ? given.spec.audiences : settings.audiences
  const metadata = {
    ...given.metadata,
    name,
    namespace,
    uid: given.metadata.uid || uid,
    creationTimestamp: timeOf(now),
  }
  const request: TokenRequest = { ...given, metadata, spec: { ...given.spec, audiences } }
  validate(request)
  const attributes = { operation: 'CREATE' as const, subresource: 'token', old: undefined, ...to }
  await server.admission.validate(context, { ...attributes, object: request as KubeObject })

  const { boundObjectRef } = given.spec
  const bound = boundObjectRef ? await boundTo(objects, boundObjectRef, namespace, name) : {}
  const asked = given.spec.expirationSeconds ?? hour
  const granted = shortened(context, asked, settings.maxExpirationSeconds)
  const isOwn = audiences.every((audience) => settings.audiences.includes(audience))
  const extended = settings.extendExpiration && bound.pod !== undefined && granted === projectedTokenSeconds && isOwn
  const issuedAt = Math.floor(now / 1000)
  const token = await server.serviceAccountTokens.issue({
    account: { namespace, name, uid },
    audiences,
    issuedAt,
    expiresAt: Math.floor((now + (extended ? extendedTokenSeconds : granted) * 1000) / 1000),
    id: server.random.uuid(),
    ...bound,
    ...(extended && { warnAfter: issuedAt + granted }),
  })
  return {
    ...request,
    spec: { ...request.spec, expirationSeconds: granted, boundObjectRef: boundObjectRef ?? null },
    status: { token, expirationTimestamp: timeOf(now + granted * 1000) },
  } as KubeObject
}

type Given = Pick<TokenRequest, 'apiVersion' | 'kind' | 'metadata'> & {
  readonly spec: Partial<TokenRequestSpec>
}

function withDefaults(body: KubeObject, namespace: string): KubeObject {
  const { spec = {} } = body as Partial<Given>
  const own = body.metadata.namespace ?? ''
  if (own !== '' && own !== namespace)
    throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request')
  const { expirationSeconds = hour } = spec
  return { ...body, metadata: { ...body.metadata, namespace }, spec: { ...spec, expirationSeconds } } as KubeObject
}

async function admitted(context: RequestContext, to: TokenTarget, object: KubeObject): Promise<Given> {
  const attributes = { operation: 'CREATE' as const, subresource: 'token', old: undefined, ...to, object }
  return (await context.server.admission.admit(context, attributes)) as Given
}

function checkName(own: string | undefined, name: string): void {
  if (!own || own === name) return
  const why = 'must match the service account name if specified'
  throw newInvalid(kind, name, [invalid(FieldPath.of('metadata', 'name'), own, why)])
}

function checkUid({ server, warn }: RequestContext, asked: string, uid: string, name: string): void {
  if (asked === uid) return
  const why = `the UID in the token request (${asked}) does not match the UID of the service account (${uid})`
  if (server.gates.enabled('TokenRequestServiceAccountUIDValidation'))
    throw newConflict({ group: kind.group, resource: kind.kind }, name, why)
  warn(
    `${why} but TokenRequestServiceAccountUIDValidation is not enabled. In the future, this will return a conflict error`,
  )
}

/** @see pkg/apis/authentication/validation/validation.go */
function validate({ spec: { expirationSeconds = hour } }: TokenRequest): void {
  const path = FieldPath.of('spec', 'expirationSeconds')
  const why =
    expirationSeconds < shortest
      ? 'may not specify a duration less than 10 minutes'
      : expirationSeconds > longest
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined
  if (why !== undefined) throw newInvalid(kind, '', [invalid(path, expirationSeconds, why)])
}

interface Bound {
  readonly pod?: ObjectReference
  readonly secret?: ObjectReference
  readonly node?: ObjectReference
}

async function boundTo(
  objects: TokenObjects,
  ref: NonNullable<TokenRequestSpec['boundObjectRef']>,
  namespace: string,
  account: string,
): Promise<Bound> {
  const { apiVersion = '', kind: refKind = '', name = '', uid = '' } = ref
  const version = parseApiVersion(apiVersion) ?? { group: '', version: '' }
  const found = async (resource: string, object: Promise<KubeObject | undefined>) =>
    same(refKind, await object, resource, name, uid)
  switch (version.group === '' ? refKind : '') {
    case 'Pod': {
      const pod = (await existing('pods', objects.pod(namespace, checked(name)), name)) as Pod
      if (pod.spec?.serviceAccountName !== account)
        throw newBadRequest(
          `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
        )
      const node = await nodeOf(objects, pod)
      return { pod: same(refKind, pod, 'pods', name, uid), ...(node && { node }) }
    }
    case 'Node':
      return { node: await found('nodes', objects.node(checked(name))) }
    case 'Secret':
      return { secret: await found('secrets', objects.secret(namespace, checked(name))) }
    default:
      throw newBadRequest(`cannot bind token to object of type ${version.group}/${version.version}, Kind=${refKind}`)
  }
}

async function existing(resource: string, object: Promise<KubeObject | undefined>, name: string): Promise<KubeObject> {
  const found = await object
  if (found === undefined) throw newNotFound({ group: '', resource }, name)
  return found
}

/** A token tells of the node of its pod; of one that is not there, the name alone. */
async function nodeOf(objects: TokenObjects, { spec }: Pod): Promise<ObjectReference | undefined> {
  if (!spec?.nodeName) return undefined
  const node = (await objects.node(spec.nodeName)) as Node | undefined
  return { name: spec.nodeName, uid: node?.metadata.uid ?? '' }
}

function same(
  refKind: string,
  found: KubeObject | undefined,
  resource: string,
  name: string,
  uid: string,
): ObjectReference {
  if (found === undefined) throw newNotFound({ group: '', resource }, name)
  const { uid: own = '' } = found.metadata
  if (uid !== '' && uid !== own) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`
    throw newConflict({ group: '', resource: refKind }, name, why)
  }
  return { name, uid: own }
}

function shortened({ warn }: RequestContext, asked: number, most: number): number {
  if (most === 0 || asked <= most) return asked
  warn(`requested expiration of ${asked} seconds shortened to ${most} seconds`)
  return most
}

/** Names become parts of keys. */
function checked(name: string): string {
  if (name === '') throw newBadRequest('Name parameter required.')
  if (name === '.' || name === '..')
    throw newBadRequest(`Name parameter invalid: ${JSON.stringify(name)}: may not be '${name}'`)
  const signs = ['/', '%'].filter((sign) => name.includes(sign)).map((sign) => `may not contain '${sign}'`)
  if (signs.length > 0) throw newBadRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${signs.join('')}`)
  return name
}

function timeOf(millis: number): string {
  return formatTime(instantOfMillis(millis))
}
