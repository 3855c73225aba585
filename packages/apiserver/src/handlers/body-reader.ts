import { decode, scheme, type TypeResolver, unknownFieldMessages } from '@kube-bonsai/api-types'
import {
  type ApiRequest,
  formatApiVersion,
  type GroupVersionKind,
  type KubeObject,
  newBadRequest,
  type StatusError,
} from '@kube-bonsai/apimachinery'
import { withManagedFields } from '@kube-bonsai/patch'
import {
  repeatedLinesError,
  repeatedLinesOf,
  sourceOf,
  UnreadableBody,
  unrecognizedBody,
} from '../codec/body-source.ts'
import { repeatedKeys } from '../codec/repeated-keys.ts'
import type { RequestContext, Target } from '../context.ts'
import { readCustomBody } from '../custom-resources/bodies.ts'
import type { Query } from '../request/query.ts'
import { goPackage } from './go-package.ts'
import { invalidPatch, type PatchReport } from './patching.ts'

/** Reads the body of one request as objects of a kind. */
export class BodyReader {
  readonly #context: RequestContext
  readonly #target: Target
  readonly #request: ApiRequest
  readonly #query: Query

  constructor(context: RequestContext, target: Target, request: ApiRequest, query: Query) {
    this.#context = context
    this.#target = target
    this.#request = request
    this.#query = query
  }

  /** Whether a kind is the custom resource itself, and not a scale. */
  isCustom({ group }: GroupVersionKind): boolean {
    return this.#target.custom !== undefined && group === this.#target.info.group
  }

  /** The types by which objects of a kind are read. */
  types(kind: GroupVersionKind): Promise<TypeResolver> {
    return this.isCustom(kind) ? scheme.load('', 'v1') : scheme.load(kind.group, kind.version)
  }

  /** The body itself, perhaps in another version that means the same. Throws a 400 for what is no object of the kind. */
  async object(kind: GroupVersionKind, otherApiVersion?: string): Promise<KubeObject> {
    const types = await this.types(kind)
    const { body } = this.#request
    const isOther = otherApiVersion !== undefined && Object(body).apiVersion === otherApiVersion
    return this.decoded(isOther ? { ...Object(body), apiVersion: formatApiVersion(kind) } : body, kind, types)
  }

  /** A value as an object of a kind. Throws the 400 of upstream's decoder (422 for the result of a patch). */
  decoded(value: unknown, kind: GroupVersionKind, types: TypeResolver, patch?: PatchReport): KubeObject {
    const { custom } = this.#target
    if (custom && this.isCustom(kind)) {
      const { object, unknown } = readCustomBody(custom, value, patch && ((why) => invalidPatch(patch, why)))
      this.#checkUnknown([...(patch?.unknown ?? []), ...unknown], kind, patch)
      return withAskedReset(object, value)
    }
    if (value instanceof UnreadableBody) throw unrecognizedBody(kind.kind, value.why, value)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw unrecognizedBody(kind.kind, notAnObject(value), value)
    const wanted = formatApiVersion(kind)
    const own = value as { readonly apiVersion?: unknown; readonly kind?: unknown }
    const named = { ...own, apiVersion: own.apiVersion ?? wanted, kind: own.kind ?? kind.kind }
    if (named.kind !== kind.kind || named.apiVersion !== wanted) {
      throw patch ? invalidPatch(patch, noSuchKind(named.kind, named.apiVersion)) : this.#wrongKind(named, kind, value)
    }
    const { object, unknownFields, typeErrors } = decode(types, kind, named, patch?.words)
    const [problem] = typeErrors
    if (problem !== undefined || object === undefined) {
      if (patch) throw invalidPatch(patch, problem ?? '')
      throw newBadRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${problem}`)
    }
    const repeated = patch ? patch.unknown : this.#repeatedFields(value, unknownFields)
    this.#checkUnknown([...repeated, ...unknownFieldMessages(unknownFields)], kind, patch)
    return withAskedReset(object as unknown as KubeObject, value)
  }

  /**
   * Keys that stand twice in the text of a body; nobody asks about them where fieldValidation is Ignore, nor inside of what
   * is unknown and skipped.
   */
  #repeatedFields(value: unknown, unknownFields: readonly string[]): readonly string[] {
    const lines = repeatedLinesOf(value)
    if (lines.length > 0) return this.#query.text('fieldValidation') === 'Strict' ? [repeatedLinesError(lines)] : lines
    const text = this.#query.text('fieldValidation') === 'Ignore' ? undefined : sourceOf(value)
    if (text === undefined) return []
    const isSkipped = (path: string) =>
      unknownFields.some((field) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`))
    return repeatedKeys(text, value)
      .filter((path) => !isSkipped(path))
      .map((path) => `duplicate field "${path}"`)
  }

  #checkUnknown(problems: readonly string[], kind: GroupVersionKind, patch: PatchReport | undefined): void {
    if (problems.length === 0) return
    const mode = this.#query.text('fieldValidation') || 'Warn'
    if (mode === 'Strict') {
      const message = `strict decoding error: ${problems.join(', ')}`
      if (patch) throw invalidPatch(patch, message)
      throw newBadRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${message}`)
    }
    if (mode === 'Warn') for (const text of problems) this.#context.warn(text)
  }

  #wrongKind(
    given: { readonly apiVersion: unknown; readonly kind: unknown },
    kind: GroupVersionKind,
    body: unknown,
  ): StatusError {
    const { apiVersion, kind: own } = given
    const text = String(apiVersion)
    const parts = text.split('/')
    if (parts.length > 2) return unrecognizedBody(kind.kind, `unexpected GroupVersion string: ${text}`, body)
    const [group = '', version = ''] = parts.length === 2 ? parts : ['', text]
    const unfit = (why: string) =>
      newBadRequest(`${own} in version "${version}" cannot be handled as a ${kind.kind}: ${why}`)
    const isKnown = schemeOf(group) === schemeOf(kind.group) && scheme.byKind({ group, version, kind: String(own) })
    if (!isKnown) return unfit(noSuchKind(own, apiVersion))
    return unfit(`converting (${version}.${own}) to (${goPackage(kind.group)}.${kind.kind}): unknown conversion`)
  }
}

/** Definitions of resources and API services are kinds of servers of their own, which know no others. */
function schemeOf(group: string): string {
  return group === 'apiextensions.k8s.io' || group === 'apiregistration.k8s.io' ? group : ''
}

/** What upstream's decoder says of a kind that it does not know. */
export function noSuchKind(kind: unknown, apiVersion: unknown): string {
  return `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`
}

/** What it says of JSON that is no object. */
export function notAnObject(value: unknown): string {
  const head = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
  return `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonType(value)} into Go value of type ${head}`
}

/** Decoding leaves empty lists out, but an empty list of managed fields says that nobody is to manage any. */
function withAskedReset(object: KubeObject, given: unknown): KubeObject {
  const { metadata } = given as { readonly metadata?: { readonly managedFields?: unknown } }
  const asked = metadata?.managedFields
  if (Array.isArray(asked) && asked.length === 0) return withManagedFields(object, [])
  return object.metadata === undefined ? { ...object, metadata: {} } : object
}

/** What Go calls a value of JSON. */
export function jsonType(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
}
