import type { CustomResourceDefinition, WebhookClientConfig } from '@kube-bonsai/api-types/apiextensions/v1'
import {
  aggregateMessage,
  FieldPath,
  formatFieldError,
  type KubeObject,
  parseApiVersion,
  validateAnnotations,
  validateLabels,
} from '@kube-bonsai/apimachinery'
import type { Random } from '@kube-bonsai/clock'
import { plainFailure } from './failure.ts'

/** Sends a review to a webhook and gives its answer as JSON. Rejects with an Error whose message says why there is none. */
export type ReviewSender = (config: WebhookClientConfig, review: object) => Promise<unknown>

interface Answer {
  readonly apiVersion?: unknown
  readonly kind?: unknown
  readonly response?: {
    readonly uid?: unknown
    readonly result?: { readonly status?: unknown; readonly message?: unknown }
    readonly convertedObjects?: unknown
  } | null
}

const known = new Set(['v1', 'v1beta1'])

/**
 * Has objects converted by the webhook of their definition.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go
 */
export class ConversionWebhook {
  readonly #send: ReviewSender
  readonly #random: Random

  constructor(send: ReviewSender, random: Random) {
    this.#send = send
    this.#random = random
  }

  /**
   * One object in another version.
   *
   * @throws StatusError with the plain 500 of upstream: the webhook cannot be asked, refuses, or gives back another object
   */
  async convert(crd: CustomResourceDefinition, object: KubeObject, apiVersion: string): Promise<KubeObject> {
    const { clientConfig, conversionReviewVersions = [] } = crd.spec.conversion?.webhook ?? {}
    const of = `conversion webhook for ${kindText(object)}`
    const version = conversionReviewVersions.find((one) => known.has(one))
    if (version === undefined || clientConfig === undefined)
      throw plainFailure('no supported conversion review versions')
    const uid = this.#random.uuid()
    const review = {
      kind: 'ConversionReview',
      apiVersion: `apiextensions.k8s.io/${version}`,
      request: { uid, desiredAPIVersion: apiVersion, objects: [object] },
      response: { uid: '', convertedObjects: null, result: { metadata: {} } },
    }
    let converted: readonly unknown[]
    try {
      converted = convertedObjects((await this.#send(clientConfig, review)) as Answer, version, uid)
    } catch (error) {
      throw plainFailure(`${of} failed: ${error instanceof Error ? error.message : String(error)}`)
    }
    if (converted.length !== 1) throw plainFailure(`${of} returned ${converted.length} objects, expected 1`)
    return checked(of, object, converted[0], apiVersion)
  }
}

function convertedObjects(answer: Answer, version: string, uid: string): readonly unknown[] {
  const { apiVersion, kind, response } = answer
  if (version === 'v1' && (apiVersion !== 'apiextensions.k8s.io/v1' || kind !== 'ConversionReview')) {
    const given = kindText({ apiVersion: String(apiVersion ?? ''), kind: String(kind ?? '') })
    throw new Error(`expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got ${given}`)
  }
  if (response === undefined || response === null) throw new Error('no response provided')
  if (version === 'v1' && response.uid !== uid)
    throw new Error(`expected response.uid="${uid}", got "${String(response.uid ?? '')}"`)
  const { status = '', message = '' } = response.result ?? {}
  if (status !== 'Success') {
    const text = String(message)
    throw new Error(text === '' ? `response.result.status was '${String(status)}', not 'Success'` : text)
  }
  return Array.isArray(response.convertedObjects) ? response.convertedObjects : []
}

function checked(of: string, original: KubeObject, given: unknown, apiVersion: string): KubeObject {
  if (!isObject(given) || typeof given['kind'] !== 'string')
    throw plainFailure(`${of} failed, unexpected type ${typeof given} at index 0`)
  const invalidObject = (why: string) => plainFailure(`${of} returned invalid object at index 0: ${why}`)
  if (given['apiVersion'] !== apiVersion)
    throw invalidObject(`invalid groupVersion (expected ${apiVersion}, received ${String(given['apiVersion'] ?? '')})`)
  if (given['kind'] !== original.kind)
    throw invalidObject(`invalid kind (expected ${original.kind}, received ${given['kind']})`)
  const { metadata } = given
  const identity: readonly (readonly [string, 'name' | 'namespace' | 'uid'])[] = [
    ['name', 'name'],
    ['namespace', 'namespace'],
    ['UID', 'uid'],
  ]
  for (const [word, field] of identity) {
    const expected = original.metadata[field] ?? ''
    const actual = isObject(metadata) ? (metadata[field] ?? '') : ''
    if (expected !== actual)
      throw plainFailure(`${of} returned invalid object: must have the same ${word}: ${expected} != ${String(actual)}`)
  }
  return { ...given, apiVersion, kind: original.kind, metadata: restored(of, original, metadata) }
}

/** A webhook may change labels and annotations; all else of the metadata stays. */
function restored(of: string, original: KubeObject, given: unknown): KubeObject['metadata'] {
  const refuse = (why: string) => plainFailure(`${of} returned invalid metadata: ${why}`)
  if (given === undefined) throw refuse('missing metadata in converted object')
  if (!isObject(given)) throw refuse(`invalid metadata of type ${goType(given)} in converted object`)
  const { labels: _labels, annotations: _annotations, ...kept } = original.metadata
  const labels = texts('labels', given['labels'], refuse)
  const annotations = texts('annotations', given['annotations'], refuse)
  const errors = [
    ...validateLabels(labels, FieldPath.of('metadata', 'labels')),
    ...validateAnnotations(annotations, FieldPath.of('metadata', 'annotation')),
  ]
  if (errors.length > 0) throw refuse(aggregateMessage(errors.map(formatFieldError)))
  return { ...kept, ...(labels && { labels }), ...(annotations && { annotations }) }
}

function texts(
  field: string,
  given: unknown,
  refuse: (why: string) => Error,
): Readonly<Record<string, string>> | undefined {
  if (given === undefined || given === null) return undefined
  if (!isObject(given)) throw refuse(`invalid metadata.${field} of type ${goType(given)} in converted object`)
  const result: [string, string][] = []
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string')
      throw refuse(`metadata.${field}[${name}] must be a string, but is ${goType(value)} in converted object`)
    result.push([name, value])
  }
  return Object.fromEntries(result)
}

function kindText({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string {
  const { group = '', version = '' } = parseApiVersion(apiVersion) ?? {}
  return `${group}/${version}, Kind=${kind}`
}

function goType(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'object' ? 'map[string]interface {}' : typeof value === 'boolean' ? 'bool' : typeof value
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
