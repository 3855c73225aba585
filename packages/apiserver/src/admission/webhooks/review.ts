import { formatApiVersion, type KubeObject, parseApiVersion, quote, type Status } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'
import type { Attributes } from '../chain.ts'
import { inVersion } from '../policies/request-input.ts'
import type { MatchedResource } from '../policies/rule-matching.ts'

const apiVersions: Readonly<Record<string, string>> = { v1: 'admission.k8s.io/v1', v1beta1: 'admission.k8s.io/v1beta1' }

/** What a webhook is asked. */
export interface Review {
  readonly uid: string
  readonly apiVersion: string
  readonly body: object
}

/** The review of a request in the first version that a webhook reads; undefined when it reads none that we write. */
export function reviewOf(
  context: RequestContext,
  attributes: Attributes,
  matched: MatchedResource,
  versions: readonly string[] = [],
): Review | undefined {
  const version = versions.find((entry) => Object.hasOwn(apiVersions, entry))
  const apiVersion = version && apiVersions[version]
  if (!apiVersion) return undefined
  const { target, subresource, name, namespace, operation, object, old, dryRun } = attributes
  const { group, version: own, resource } = target.info
  const uid = context.server.random.uuid()
  const shown = (one: KubeObject | undefined) => (one === undefined ? null : shownIn(one, target.info.kind, matched))
  const { kind, requestKind } = kindsOf(attributes, matched)
  const { user } = context
  const request = {
    uid,
    kind,
    resource: { group: matched.group, version: matched.version, resource: matched.resource },
    ...(subresource !== '' && { subResource: subresource }),
    requestKind,
    requestResource: { group, version: own, resource },
    ...(subresource !== '' && { requestSubResource: subresource }),
    ...(name !== '' && { name }),
    ...(namespace !== '' && { namespace }),
    operation,
    userInfo: { username: user.name, ...(user.uid && { uid: user.uid }), groups: user.groups },
    object: shown(operation === 'DELETE' ? undefined : object),
    oldObject: shown(old),
    dryRun,
    options: optionsOf(context, attributes),
  }
  return { uid, apiVersion, body: { kind: 'AdmissionReview', apiVersion, request } }
}

/** Subresources may be of other kinds than the object that they are of. */
function kindsOf({ target, object }: Attributes, matched: MatchedResource) {
  const { group, version, kind } = target.info
  if (object.kind === undefined || object.kind === kind)
    return { kind: { group: matched.group, version: matched.version, kind }, requestKind: { group, version, kind } }
  const own = { ...parseApiVersion(object.apiVersion ?? ''), kind: object.kind }
  return { kind: own, requestKind: own }
}

function shownIn(object: KubeObject, kind: string, matched: MatchedResource): KubeObject {
  return object.kind === undefined || object.kind === kind ? inVersion(object, matched) : object
}

function optionsOf({ fieldManager }: RequestContext, { operation, dryRun }: Attributes): object {
  const kind = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' }[operation]
  return {
    kind,
    apiVersion: 'meta.k8s.io/v1',
    ...(dryRun && { dryRun: ['All'] }),
    ...(operation !== 'DELETE' && fieldManager !== '' && { fieldManager }),
  }
}

/** What a webhook says, checked. */
export interface Verdict {
  readonly allowed: boolean
  readonly result: Partial<Status> | undefined
  /** JSON text; empty for none. */
  readonly patch: string
  readonly patchType: string
  readonly warnings: readonly string[]
}

/** Reads an answer. Throws an Error that says what is wrong with it. @see staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/request/admissionreview.go VerifyAdmissionResponse */
export function readVerdict(review: Review, answer: unknown, mutating: boolean): Verdict {
  const { apiVersion, kind, response } = fieldsOf(answer)
  if (!isFields(response)) throw new Error('webhook response was absent')
  const { patch: encoded, patchType } = response
  const hasPatch = typeof encoded === 'string' && encoded !== ''
  const hasType = patchType !== undefined && patchType !== null
  if (review.apiVersion === apiVersions['v1']) {
    if (response['uid'] !== review.uid)
      throw new Error(`expected response.uid=${quote(review.uid)}, got ${quote(textOf(response['uid']))}`)
    if (apiVersion !== review.apiVersion || kind !== 'AdmissionReview')
      throw new Error(
        `expected webhook response of ${kindText(review.apiVersion, 'AdmissionReview')}, got ${kindText(apiVersion, kind)}`,
      )
    checkPatch(mutating, hasPatch, hasType, patchType)
  }
  const type = review.apiVersion === apiVersions['v1'] ? textOf(patchType) : 'JSONPatch'
  const { status, warnings, allowed } = response
  return {
    allowed: allowed === true,
    result: isFields(status) ? (status as Partial<Status>) : undefined,
    patch: mutating && hasPatch ? decodeText(encoded) : '',
    patchType: type,
    warnings: Array.isArray(warnings) ? warnings.map(textOf) : [],
  }
}

function checkPatch(mutating: boolean, hasPatch: boolean, hasType: boolean, type: unknown): void {
  if (!mutating) {
    if (hasPatch) throw new Error('validating webhook may not return response.patch')
    if (hasType) throw new Error('validating webhook may not return response.patchType')
    return
  }
  if (hasPatch && !hasType) throw new Error('webhook returned response.patch but not response.patchType')
  if (!hasPatch && hasType) throw new Error('webhook returned response.patchType but not response.patch')
  if (hasType && type === '') throw new Error('webhook returned invalid response.patchType of ""')
}

function decodeText(encoded: string): string {
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))
  return new TextDecoder().decode(bytes)
}

function kindText(apiVersion: unknown, kind: unknown): string {
  const { group = '', version = '' } = parseApiVersion(textOf(apiVersion)) ?? {}
  return `${formatApiVersion({ group, version }) || '/'}, Kind=${textOf(kind)}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isFields(value) ? value : {}
}
