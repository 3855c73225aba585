import type { KubeObject } from '@kube-bonsai/apimachinery'
import { AuthenticationError } from '../authenticator.ts'
import { object, type PublicClaims, referenceIn, text } from './claims.ts'
import type { Bearer, ObjectReference } from './extra.ts'
import { goneBefore, type TokenObjects } from './lookup.ts'

/** Clocks of servers may differ by so many milliseconds; tokens are good for that much longer, as upstream. */
const leeway = 60_000

/**
 * Says who bears a token whose signature, issuer and audience are right. Throws an AuthenticationError for one that is too old
 * or not good yet, and for one whose account or bound object is gone.
 * @see pkg/serviceaccount/claims.go Validate
 */
export async function bearerOfBoundToken(
  objects: TokenObjects,
  now: number,
  publicClaims: PublicClaims,
  claims: Readonly<Record<string, unknown>>,
): Promise<Bearer> {
  checkTimes(publicClaims, now)
  const own = object(claims, 'kubernetes.io') ?? {}
  const namespace = text(own, 'namespace')
  const account = referenceIn(own, 'serviceaccount') ?? { name: '', uid: '' }
  const pod = referenceIn(own, 'pod')
  const node = referenceIn(own, 'node')
  const secret = referenceIn(own, 'secret')
  const limit = now - leeway
  await checkAccount(await objects.account(namespace, account.name), namespace, account, limit)
  const bound = async (kind: string, wanted: ObjectReference, found: Promise<KubeObject | undefined>) =>
    checkBound(kind, wanted, await found, limit)
  if (secret) await bound('secret', secret, objects.secret(namespace, secret.name))
  if (pod) await bound('pod', pod, objects.pod(namespace, pod.name))
  // The node of a pod is told, and not checked: the pod is what binds.
  if (node && !pod) await bound('node', node, objects.node(node.name))
  return { namespace, name: account.name, uid: account.uid, pod, node, id: publicClaims.id }
}

function checkTimes({ notBefore, expiresAt, issuedAt }: PublicClaims, now: number): void {
  if (notBefore !== undefined && now + leeway < notBefore * 1000)
    throw new AuthenticationError('service account token is not valid yet')
  if (expiresAt !== undefined && now - leeway > expiresAt * 1000)
    throw new AuthenticationError('service account token has expired')
  if (issuedAt !== undefined && now + leeway < issuedAt * 1000)
    throw new AuthenticationError('service account token is issued in the future')
}

function checkAccount(
  found: KubeObject | undefined,
  namespace: string,
  { name, uid }: ObjectReference,
  limit: number,
): void {
  if (found === undefined) throw new AuthenticationError(`serviceaccounts "${name}" not found`)
  const { uid: own = '' } = found.metadata
  if (own !== uid) throw new AuthenticationError(`service account UID (${own}) does not match claim (${uid})`)
  if (goneBefore(found, limit)) throw new AuthenticationError(`service account ${namespace}/${name} has been deleted`)
}

function checkBound(kind: string, { uid }: ObjectReference, found: KubeObject | undefined, limit: number): void {
  const invalid = 'service account token has been invalidated'
  if (found === undefined) throw new AuthenticationError(invalid)
  const { uid: own = '' } = found.metadata
  if (own !== uid)
    throw new AuthenticationError(`${kind} UID (${own}) does not match service account ${kind} ref claim (${uid})`)
  if (goneBefore(found, limit)) throw new AuthenticationError(invalid)
}
