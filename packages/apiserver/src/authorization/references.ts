import type { ParamKind } from '@kube-bonsai/api-types/admissionregistration/v1'
import type { PodCertificateRequest } from '@kube-bonsai/api-types/certificates/v1beta1'
import {
  deepEqual,
  type FieldError,
  FieldPath,
  forbidden,
  type KubeObject,
  newInvalid,
  quote,
} from '@kube-bonsai/apimachinery'
import { lookUp } from '../admission/chain.ts'
import { groupKind, type RequestContext, type Target, type User } from '../context.ts'
import { isMaster } from './modes.ts'
import { maySign } from './signers.ts'

/** One write, sound by all other rules. */
interface Write {
  readonly context: RequestContext
  readonly target: Target
  readonly subresource: string
  readonly object: KubeObject
  readonly old: KubeObject | undefined
}

/** Which rights a kind asks of who writes it, beyond that to write it. */
const checks: Readonly<Record<string, (write: Write) => Promise<FieldError | undefined>>> = {
  ValidatingAdmissionPolicy: confirmParamKind,
  MutatingAdmissionPolicy: confirmParamKind,
  ValidatingAdmissionPolicyBinding: confirmParamRef,
  MutatingAdmissionPolicyBinding: confirmParamRef,
  PodCertificateRequest: confirmSigner,
}
const groups = new Set(['admissionregistration.k8s.io', 'certificates.k8s.io'])

/**
 * Refuses an object that names what its writer may not read, or speaks for a signer that is not theirs. Rejects with a 422;
 * undefined when there is nothing to check.
 */
export function confirmReferences(
  context: RequestContext,
  target: Target,
  subresource: string,
  object: KubeObject,
  old: KubeObject | undefined,
): Promise<void> | undefined {
  const { group, kind } = target.info
  if (!groups.has(group) || !Object.hasOwn(checks, kind) || isMaster(context.user)) return undefined
  return confirm({ context, target, subresource, object, old })
}

async function confirm(write: Write): Promise<void> {
  const error = await checks[write.target.info.kind]?.(write)
  if (error === undefined) return
  throw newInvalid(groupKind(write.target), write.object.metadata.name ?? '', [error])
}

interface Policy extends KubeObject {
  readonly spec?: { readonly paramKind?: ParamKind }
}

interface Binding extends KubeObject {
  readonly spec?: {
    readonly policyName?: string
    readonly paramRef?: { readonly name?: string; readonly namespace?: string }
  }
}

/** Parameters of a kind are read by policies: who names the kind may read all of them. */
async function confirmParamKind({ context, subresource, object, old }: Write): Promise<FieldError | undefined> {
  const kind = (object as Policy).spec?.paramKind
  if (subresource !== '' || kind === undefined || deepEqual(kind, (old as Policy | undefined)?.spec?.paramKind))
    return undefined
  const { attributes } = resolve(context, kind)
  if (await mayRead(context, 'get', { ...attributes, name: '*', namespace: '*' })) return undefined
  const what = `all objects of the referenced paramKind (kind=${kind.kind}, apiVersion=${kind.apiVersion})`
  const why = `user ${goUser(context.user)} must have "get" permission on ${what}`
  return forbidden(FieldPath.of('spec', 'paramKind'), why)
}

/** The same for the parameters that a binding names. */
async function confirmParamRef({ context, target, object }: Write): Promise<FieldError | undefined> {
  const { policyName = '', paramRef } = (object as Binding).spec ?? {}
  if (paramRef === undefined) return undefined
  const { name = '', namespace = '' } = paramRef
  const isMutating = target.info.kind.startsWith('Mutating')
  const policies = `${isMutating ? 'mutating' : 'validating'}admissionpolicies`
  const policy = (await lookUp(context.server, `${target.stored.group}/${policies}`, policyName)) as Policy | undefined
  const kind = policy?.spec?.paramKind
  const resolved = resolve(context, kind)
  const verb = name === '' ? 'list' : 'get'
  if (await mayRead(context, verb, { ...resolved.attributes, name, namespace })) return undefined
  const who = goUser(context.user)
  const broad = `to determine minimum required permissions and user ${who} does not have "${verb}" permission`
  const all = `${broad} for all groups, versions and resources`
  const path = FieldPath.of('spec', 'paramRef')
  if (policy === undefined) return forbidden(path, `unable to get policy ${policyName} ${all}`)
  if (resolved.problem !== undefined && kind)
    return forbidden(path, `unable to ${resolved.problem} paramKind &{${kind.apiVersion} ${kind.kind}} ${all}`)
  // For mutating policies upstream has the two the wrong way round.
  const [first, second] = isMutating ? [verb, who] : [who, verb]
  return forbidden(path, `user ${first} does not have "${second}" permission on the object referenced by paramRef`)
}

interface Resource {
  readonly group: string
  readonly version: string
  readonly resource: string
}

/** The resource of a kind, as far as it is known; `*` stands for the rest. */
function resolve(
  { server }: RequestContext,
  named: ParamKind | undefined,
): { readonly attributes: Resource; readonly problem?: 'parse' | 'resolve' } {
  const { apiVersion = '', kind } = named ?? {}
  if (named === undefined) return { attributes: { group: '*', version: '*', resource: '*' } }
  const parts = apiVersion.split('/')
  if (parts.length > 2) return { attributes: { group: '*', version: '*', resource: '*' }, problem: 'parse' }
  const [group = '', version = ''] = parts.length === 1 ? ['', apiVersion] : parts
  const found = server.catalog.served.find(
    (info) => info.group === group && info.version === version && info.kind === kind,
  )
  const attributes = { group, version, resource: found?.resource ?? '*' }
  return found ? { attributes } : { attributes, problem: 'resolve' }
}

async function mayRead(
  { server, user }: RequestContext,
  verb: string,
  asked: Resource & { readonly name: string; readonly namespace: string },
): Promise<boolean> {
  const { decision } = await server.authorizer.authorize({ kind: 'resource', user, verb, subresource: '', ...asked })
  return decision === 'allow'
}

/** Whoever fills the status of a request for a pod's certificate signs for its signer. */
async function confirmSigner({ context, subresource, object, old }: Write): Promise<FieldError | undefined> {
  const [request, before] = [object as PodCertificateRequest, old as PodCertificateRequest | undefined]
  if (subresource !== 'status' || deepEqual(request.status ?? {}, before?.status ?? {})) return undefined
  const signer = before?.spec.signerName ?? ''
  if (await maySign(context, 'sign', signer)) return undefined
  const why = `User ${quote(context.user.name)} is not permitted to "sign" for signer ${quote(signer)}`
  return forbidden(FieldPath.of('spec', 'signerName'), why)
}

/** A user as Go's `%v` shows it. */
function goUser({ name, uid = '', groups, extra = {} }: User): string {
  const more = Object.keys(extra)
    .sort()
    .map((key) => `${key}:[${(extra[key] ?? []).join(' ')}]`)
  return `&{${name} ${uid} [${groups.join(' ')}] map[${more.join(' ')}]}`
}
