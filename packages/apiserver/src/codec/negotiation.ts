import { newGenericServerResponse, type StatusError } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { cborType } from './cbor.ts'

/** One clause of an Accept header. */
interface Clause {
  readonly type: string
  readonly subtype: string
  readonly quality: number
  readonly parameters: ReadonlyMap<string, string>
}

/** What a client wants an answer to be. */
export interface Wanted {
  /** The media type without parameters. */
  readonly type: string
  /** Another form of the answer: a Table, nothing but metadata, discovery in one document. */
  readonly as?: { readonly kind: string; readonly group: string; readonly version: string }
  readonly pretty: boolean
  readonly stream: string
}

/** What can be produced, the default first. */
export const objectTypes: readonly string[] = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
]
/** What events can be produced as. */
export const eventTypes: readonly string[] = [
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
]

/** Media types of objects and of events. */
export interface ServedTypes {
  readonly objects: readonly string[]
  readonly events: readonly string[]
}

/** What objects and events are produced as where no gate adds to it. */
export const usualTypes: ServedTypes = { objects: objectTypes, events: eventTypes }
const withCbor: ServedTypes = {
  objects: [...objectTypes, cborType],
  events: [...eventTypes, `${cborType};stream=watch`],
}

/** What objects and events can be produced as: also CBOR, where its gate is on. */
export function servedTypes(gates: FeatureGates): ServedTypes {
  return gates.enabled('CBORServingAndStorage') ? withCbor : usualTypes
}

/** Whether an answer can be given as a type in another form, or as it is. */
export type AllowsForm = (type: string, as: Wanted['as']) => boolean

const noForm: AllowsForm = (_type, as) => as === undefined

/**
 * Reads an Accept header and finds what suits it best; undefined when nothing does.
 *
 * @param types what can be produced, the default first
 * @param allows whether a form can be given; none by default
 * @see staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go NegotiateMediaTypeOptions
 */
export function negotiate(
  accept: string,
  types: readonly string[] = objectTypes,
  allows: AllowsForm = noForm,
): Wanted | undefined {
  const [first = ''] = types
  if (accept === '' || (accept === first && allows(first, undefined))) return { type: first, pretty: false, stream: '' }
  for (const clause of clausesOf(accept)) {
    for (const type of types) {
      if (!covers(clause, type)) continue
      const wanted = fitting(clause, type, allows)
      if (wanted) return wanted
    }
  }
  return undefined
}

function covers({ type, subtype }: Clause, produced: string): boolean {
  if (type === '*') return subtype === '*'
  return subtype === '*' ? produced.startsWith(`${type}/`) : produced === `${type}/${subtype}`
}

function fitting({ parameters }: Clause, type: string, allows: AllowsForm): Wanted | undefined {
  const stream = parameters.get('stream') ?? ''
  if (stream !== '' && (stream !== 'watch' || type === 'application/yaml')) return undefined
  if ((parameters.get('sv') ?? '') !== '') return undefined
  const pretty = parameters.get('pretty') === '1'
  if (!['as', 'g', 'v'].some((name) => parameters.has(name)))
    return allows(type, undefined) ? { type, pretty, stream } : undefined
  const as = {
    kind: parameters.get('as') ?? '',
    group: parameters.get('g') ?? '',
    version: parameters.get('v') ?? '',
  }
  return allows(type, as) ? { type, as, pretty, stream } : undefined
}

/**
 * The clauses, those that are wanted most first, and of those the ones without stars. The order is not a total one, so it
 * is made step by step as Go makes it for short lists.
 */
function clausesOf(accept: string): readonly Clause[] {
  const clauses: Clause[] = []
  for (const text of accept.split(',')) {
    const clause = clauseOf(text)
    if (clause === undefined) continue
    let at = clauses.length
    for (let before = clauses[at - 1]; before && isBefore(clause, before); before = clauses[at - 1]) at--
    clauses.splice(at, 0, clause)
  }
  return clauses
}

function isBefore(left: Clause, right: Clause): boolean {
  if (left.quality > right.quality) return true
  return (left.type !== '*' && right.type === '*') || (left.subtype !== '*' && right.subtype === '*')
}

function clauseOf(text: string): Clause | undefined {
  const [media = '', ...rest] = text.split(';').map((part) => part.trim())
  const [type = '', subtype, ...more] = media.split('/').map((part) => part.trim())
  if (more.length > 0 || (subtype === undefined && type !== '*')) return undefined
  const parameters = new Map<string, string>()
  let quality = 1
  for (const part of rest) {
    const [name = '', value, ...others] = part.split('=').map((one) => one.trim())
    if (value === undefined || others.length > 0) continue
    if (name === 'q') quality = Number.isNaN(Number.parseFloat(value)) ? 1 : Number.parseFloat(value)
    else parameters.set(name, value)
  }
  return { type, subtype: subtype ?? '*', quality, parameters }
}

/**
 * The router's own refusal, before anything is negotiated: it knows stars for everything, and none for a half.
 *
 * @returns the 406, or undefined when one of the types that a route produces is named
 */
export function refusedByRouter(accept: string, produced: readonly string[]): StatusError | undefined {
  if (accept === '' || accept === produced[0]) return undefined
  const named = accept.split(',').map((entry) => entry.split(';')[0]?.trim() ?? '')
  if (produced.includes('*/*') || named.some((type) => type === '*/*' || produced.includes(type))) return undefined
  return refusalOfRouter(406, `406: Not Acceptable\n\nAvailable representations: ${produced.join(', ')}`)
}

/** A failure that the router itself sees. */
export function refusalOfRouter(code: number, serverMessage: string): StatusError {
  const resource = { group: '', resource: '' }
  return newGenericServerResponse({
    code,
    verb: '',
    resource,
    name: '',
    serverMessage,
    retryAfterSeconds: 0,
    unexpected: false,
  })
}
