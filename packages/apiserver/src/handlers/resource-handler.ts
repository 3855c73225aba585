import type { UpdateStrategy } from '@kube-bonsai/api-strategies'
import { decode, loadGoOrder, scheme, type TypeResolver, unknownFieldMessages } from '@kube-bonsai/api-types'
import type { Pod } from '@kube-bonsai/api-types/core/v1'
import {
  type ApiRequest,
  type ApiResponse,
  formatApiVersion,
  type GroupVersionKind,
  type KubeObject,
  newBadRequest,
  newGenericServerResponse,
  newInvalid,
  newMethodNotSupported,
  newNotFound,
  newUnsupportedMediaType,
  StatusError,
  validateWriteOptions,
} from '@kube-bonsai/apimachinery'
import { withManagedFields } from '@kube-bonsai/patch'
import { sourceOf, UnreadableBody, unrecognizedBody } from '../codec/body-source.ts'
import { repeatedKeys } from '../codec/repeated-keys.ts'
import { groupResource, type RequestContext, type Target } from '../context.ts'
import { readCustomBody } from '../custom-resources/bodies.ts'
import { isInScope } from '../custom-resources/custom-target.ts'
import { managerName } from '../managed-fields/manager-name.ts'
import { loadManagedVersions, trackedBody } from '../managed-fields/tracker.ts'
import { createObject } from '../registry/create.ts'
import { type DeleteOptions, deleteObject } from '../registry/delete.ts'
import { listObjects } from '../registry/list.ts'
import { fromStored, keyOf, withMeta } from '../registry/objects.ts'
import { readSelection } from '../registry/selection.ts'
import { updateObject } from '../registry/update.ts'
import { readVersion, waitForRevision } from '../registry/versions.ts'
import { watchObjects } from '../registry/watch.ts'
import { methodNotAllowed, pageNotFound, pathNotFound } from '../request/not-found.ts'
import { withUniqueOwners } from '../request/owner-references.ts'
import { Query } from '../request/query.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import { bindPod } from '../subresources/binding.ts'
import { evictPod } from '../subresources/eviction.ts'
import { podLog } from '../subresources/pod-log.ts'
import { scaleOf, shownScale } from '../subresources/scale.ts'
import { applyScale, scaled, scaleWithFields, trackScale } from '../subresources/scale-fields.ts'
import { applyObject, applyType, checkPatchOptions, patchedVersion, placedAndNamed } from './applying.ts'
import { customPatchTypes, invalidPatch, type PatchReport, patched, patchReport, patchTypes } from './patching.ts'
import { reviewAccess } from './reviews.ts'

/** Answers a request for objects. Throws a StatusError for every refusal. */
export async function handleResource(
  context: RequestContext,
  info: ResourceRequest,
  request: ApiRequest,
): Promise<ApiResponse> {
  const custom = context.server.customResources.find(info.group, info.version, info.resource)
  if (custom ? !isInScope(custom, info) : !context.server.catalog.serves(info.group, info.version))
    return pageNotFound()
  const target = custom ?? findTarget(context, info)
  // Objects are made in their collection; custom resources are not so strict about the path.
  if (!custom && info.verb === 'create' && info.name !== '' && info.subresource === '') throw methodNotAllowed()
  const query = new Query(request.query)
  const fieldManager = managerName(query.text('fieldManager'), request.headers?.['user-agent'] ?? '')
  const server = custom?.serverFor(context.server) ?? context.server
  const strategy = { ...context.strategy, requestGroup: info.group }
  const handler = new ResourceHandler({ ...context, server, strategy, fieldManager }, target, info, request, query)
  if (custom) await custom.begin(context, request.headers?.['accept'] ?? '')
  const response = await (info.subresource === '' ? handler.main() : handler.sub())
  return custom ? handler.warned(response) : response
}

function findTarget({ server }: RequestContext, info: ResourceRequest): Target {
  const found = server.catalog.find(info.group, info.version, info.resource)
  if (found === undefined) throw pathNotFound()
  return { info: found, stored: server.catalog.stored(found), strategy: server.strategyFor(found) }
}

class ResourceHandler {
  readonly #context: RequestContext
  readonly #target: Target
  readonly #info: ResourceRequest
  readonly #request: ApiRequest
  readonly #query: Query

  constructor(context: RequestContext, target: Target, info: ResourceRequest, request: ApiRequest, query: Query) {
    this.#context = context
    this.#target = target
    this.#info = info
    this.#request = request
    this.#query = query
  }

  async main(): Promise<ApiResponse> {
    const { verb, namespace, name } = this.#info
    const target = this.#target
    if (target.info.kind === 'Binding' && verb === 'create') return this.#bind(kindOf(target))
    if (!target.info.verbs.includes(verb)) {
      if (verb === 'create' && reviewAccess[target.info.kind]) return this.#review()
      throw newMethodNotSupported(groupResource(target), verb === 'deletecollection' ? 'delete collection' : verb)
    }
    if (name === '' && (verb === 'patch' || verb === 'update')) throw noSuchMethod()
    switch (verb) {
      case 'get':
        return ok(await this.#get(name))
      case 'list':
        return ok(
          await listObjects(this.#context, target, namespace, this.#query, readSelection(target, this.#query, name)),
        )
      case 'watch':
        return this.#watch()
      case 'create':
        // What can only be created is a question, and is not stored.
        return target.info.verbs.length === 1 ? this.#review() : this.#create()
      case 'update':
        return this.#update('')
      case 'patch':
        return this.#patch('')
      case 'delete':
        return this.#delete()
      default:
        return this.#deleteCollection()
    }
  }

  async sub(): Promise<ApiResponse> {
    const { subresource, verb, name } = this.#info
    const target = this.#target
    const known = target.info.subresources.find((entry) => entry.name === subresource)
    if (known === undefined) throw target.custom ? newNotFound(groupResource(target), name) : pathNotFound()
    if (!known.verbs.includes(verb) && !target.custom) throw methodNotAllowed()
    if (!known.verbs.includes(verb))
      throw newMethodNotSupported(
        { ...groupResource(target), resource: `${target.info.resource}/${subresource}` },
        verb,
      )
    if (subresource === 'scale') return this.#scale(known.kind)
    if (target.info.resource === 'pods' && target.info.group === '') {
      if (subresource === 'binding') {
        return this.#bind(known.kind)
      }
      if (subresource === 'eviction') return this.#evict(known.kind)
      if (subresource === 'log')
        return {
          status: 200,
          headers: { 'content-type': 'text/plain' },
          stream: podLog((await this.#get(name)) as Pod, this.#query, this.#context.server.nodeProxy),
        }
    }
    if (this.#rules(subresource) === undefined) throw unsupported(`${target.info.resource}/${subresource}`)
    if (verb === 'get') return ok(await this.#get(name))
    return verb === 'patch' ? this.#patch(subresource) : this.#update(subresource)
  }

  #rules(subresource: string): UpdateStrategy | undefined {
    const { subresources } = this.#target.strategy
    return Object.hasOwn(subresources, subresource) ? subresources[subresource] : undefined
  }

  async #get(name: string): Promise<KubeObject> {
    const { server } = this.#context
    const version = readVersion(this.#query.text('resourceVersion'), 'get')
    if (version !== undefined && version > 0) await waitForRevision(server, version)
    const found = await server.storage.get(keyOf(this.#target, this.#info.namespace, name))
    if (found === undefined) throw newNotFound(groupResource(this.#target), name)
    return fromStored(this.#target, found.value)
  }

  #watch(): ApiResponse {
    const { namespace, name } = this.#info
    const selection = readSelection(this.#target, this.#query, name)
    const events = watchObjects(this.#context, this.#target, namespace, this.#query, selection, this.#request.signal)
    return { status: 200, headers: {}, events }
  }

  async #create(): Promise<ApiResponse> {
    const { namespace } = this.#info
    this.#checkWriteOptions()
    if (this.#target.info.namespaced && namespace === '') {
      throw newBadRequest('namespace is required: POST to the path of a namespace, /namespaces/NAME/')
    }
    const placedHere = placed(await this.#body(kindOf(this.#target)), namespace, this.#target)
    const given = withUniqueOwners(placedHere, this.#context)
    const object = await createObject(this.#context, this.#target, given, { namespace, dryRun: this.#dryRun() })
    return this.#warned({ ...ok(object), status: 201 })
  }

  async #update(subresource: string): Promise<ApiResponse> {
    const { namespace, name } = this.#info
    this.#checkWriteOptions()
    const named = placedAndNamed(this.#target, await this.#body(kindOf(this.#target)), namespace, name)
    const given = withUniqueOwners(named, this.#context)
    const { object, created } = await updateObject(
      this.#context,
      this.#target,
      this.#updateOptions(subresource, subresource === ''),
      () => given,
    )
    return this.#warned({ ...ok(object), status: created ? 201 : 200 })
  }

  async #patch(subresource: string): Promise<ApiResponse> {
    const type = this.#patchType()
    checkPatchOptions(this.#query, type === applyType)
    if (type === applyType) {
      const options = this.#updateOptions(subresource, subresource === '')
      const application = { options, config: this.#request.body, force: this.#query.flag('force') }
      return this.#warned(await applyObject(this.#context, this.#target, application))
    }
    const types = await this.#types(kindOf(this.#target))
    const readPatched = await this.#patchReader(type, types, kindOf(this.#target))
    const { object } = await updateObject(
      this.#context,
      this.#target,
      this.#updateOptions(subresource, false),
      (current) => {
        const { namespace, name } = this.#info
        if (current === undefined) throw newNotFound(groupResource(this.#target), name)
        const named = placedAndNamed(this.#target, readPatched(current), namespace, name)
        const object = withUniqueOwners(named, this.#context, 'patched')
        return patchedVersion(this.#target, object, current, name)
      },
    )
    return this.#warned(ok(object))
  }

  /** Makes objects of others by the request's patch. */
  async #patchReader(
    type: string,
    types: TypeResolver,
    kind: GroupVersionKind,
  ): Promise<(current: KubeObject) => KubeObject> {
    const goOrder = this.#isCustom(kind) ? undefined : await loadGoOrder()
    const { body } = this.#request
    return (current) => {
      const result = patched(type, current, body, types, kind)
      const report = patchReport(type, current, result, body, (object) => goOrder?.(types, kind, object) ?? object)
      return this.#decoded(result, kind, types, report)
    }
  }

  /** Throws a 415 for what is no patch. */
  #patchType(): string {
    const type = (this.#request.headers?.['content-type'] ?? '').split(';')[0] ?? ''
    const known = this.#target.custom ? customPatchTypes : patchTypes
    if (known.includes(type)) return type
    if (this.#target.custom) throw newUnsupportedMediaType(known)
    throw StatusError.of({ reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} })
  }

  #updateOptions(subresource: string, mayCreate: boolean) {
    const { namespace, name } = this.#info
    const rules = subresource === '' ? undefined : this.#rules(subresource)
    const unconditional = this.#info.verb === 'patch'
    return { namespace, name, subresource, dryRun: this.#dryRun(), mayCreate, unconditional, ...(rules && { rules }) }
  }

  async #deleteOptions(): Promise<DeleteOptions> {
    const body = this.#request.body
    if (body instanceof UnreadableBody) throw newBadRequest(body.why)
    const given = typeof body === 'object' && body !== null ? (body as DeleteOptions & Partial<KubeObject>) : {}
    if (given.kind !== undefined && given.kind !== 'DeleteOptions')
      throw newBadRequest(
        `no kind "${given.kind}" is registered for version "${given.apiVersion ?? ''}" in scheme "pkg/runtime/scheme.go:111"`,
      )
    const seconds = this.#query.integer('gracePeriodSeconds')
    const policy = this.#query.text('propagationPolicy')
    return {
      ...given,
      ...(seconds !== undefined && { gracePeriodSeconds: seconds }),
      ...(policy !== '' && { propagationPolicy: policy }),
      ...(this.#dryRun() && { dryRun: ['All'] }),
    }
  }

  async #delete(): Promise<ApiResponse> {
    const { namespace, name } = this.#info
    const options = await this.#deleteOptions()
    this.#warnOfOrphans(options)
    const { body, gone } = await deleteObject(this.#context, this.#target, namespace, name, options)
    return this.#warned({ ...ok(body), status: !gone && options.orphanDependents === false ? 202 : 200 })
  }

  /** Only jobs leave what they made behind unless they are told otherwise. */
  #warnOfOrphans({ propagationPolicy, orphanDependents }: DeleteOptions): void {
    const { kind, group } = this.#target.info
    if (kind !== 'Job' || group !== 'batch' || propagationPolicy !== undefined || orphanDependents !== undefined) return
    if (this.#target.strategy.defaultGarbageCollection !== 'orphan') return
    this.#context.warn(
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
    )
  }

  async #deleteCollection(): Promise<ApiResponse> {
    const { namespace } = this.#info
    const selection = readSelection(this.#target, this.#query, '')
    const list = await listObjects(this.#context, this.#target, namespace, this.#query, selection)
    const options = await this.#deleteOptions()
    for (const item of list.items) {
      const { name = '', namespace: own = '' } = item.metadata
      try {
        await deleteObject(this.#context, this.#target, own, name, options)
      } catch (error) {
        if (!(error instanceof StatusError) || error.status.reason !== 'NotFound') throw error
      }
    }
    return ok(list)
  }

  async #scale(kind: GroupVersionKind): Promise<ApiResponse> {
    const { verb, name, namespace } = this.#info
    if (verb === 'get') return ok(shownScale(this.#target, await this.#get(name)))
    const type = verb === 'update' ? '' : this.#patchType()
    if (verb === 'update') this.#checkWriteOptions()
    else checkPatchOptions(this.#query, type === applyType)
    const types = await scheme.load('autoscaling', 'v1')
    const body = verb === 'update' ? await this.#body(kind) : undefined
    const readPatched = await this.#patchReader(type, types, kind)
    const options = { ...this.#updateOptions('', false), applied: true }
    const { object } = await updateObject(this.#context, this.#target, options, async (current) => {
      if (current === undefined) throw newNotFound(groupResource(this.#target), name)
      await loadManagedVersions(this.#target, current.metadata.managedFields)
      const old = scaleWithFields(this.#target, current)
      if (type === applyType) {
        const scale = applyScale(this.#context, this.#target, old, this.#request.body, this.#query.flag('force'))
        return scaled(this.#target, current, placedAndNamed(this.#target, scale, namespace, name))
      }
      const wanted = body ?? readPatched(old)
      const scale = trackScale(this.#context, this.#target, old, wanted)
      const asked = verb === 'update' ? scale.metadata.resourceVersion : patchVersion(this.#request.body)
      return scaled(this.#target, current, withMeta(scale, { resourceVersion: asked }))
    })
    return this.#warned(ok(scaleOf(object, this.#target.custom?.scale)))
  }

  /** Through a pod, or through the old collection of bindings, where the body names the pod. */
  async #bind(kind: GroupVersionKind): Promise<ApiResponse> {
    const { namespace } = this.#info
    const body = await this.#body(kind)
    const name = this.#info.name || (body.metadata.name ?? '')
    const target = findTarget(this.#context, { ...this.#info, resource: 'pods' })
    return { ...ok(await bindPod(this.#context, target, namespace, name, body, this.#dryRun())), status: 201 }
  }

  async #evict(kind: GroupVersionKind): Promise<ApiResponse> {
    const { namespace, name } = this.#info
    this.#checkWriteOptions()
    const body = await this.#body(kind)
    const status = await evictPod(this.#context, this.#target, namespace, name, body, this.#dryRun())
    return this.#warned({ ...ok(status), status: 201 })
  }

  /** Adds warnings to the answer of a read. */
  warned(response: ApiResponse): ApiResponse {
    return response.headers['warning'] === undefined ? this.#warned(response) : response
  }

  async #review(): Promise<ApiResponse> {
    const answer = reviewAccess[this.#target.info.kind]
    const kind = kindOf(this.#target)
    const body = trackedBody(this.#context, kind, '', await this.#body(kind))
    if (answer === undefined) throw unsupported(this.#target.info.resource)
    return { ...ok(answer(body, this.#context.user)), status: 201 }
  }

  /** Whether a kind is the custom resource itself, and not a scale. */
  #isCustom({ group }: GroupVersionKind): boolean {
    return this.#target.custom !== undefined && group === this.#target.info.group
  }

  #types(kind: GroupVersionKind): Promise<TypeResolver> {
    return this.#isCustom(kind) ? scheme.load('', 'v1') : scheme.load(kind.group, kind.version)
  }

  async #body(kind: GroupVersionKind): Promise<KubeObject> {
    const types = await this.#types(kind)
    return this.#decoded(this.#request.body, kind, types)
  }

  /** A body as an object of a kind. Throws the 400 of upstream's decoder (422 for the result of a patch). */
  #decoded(value: unknown, kind: GroupVersionKind, types: TypeResolver, patch?: PatchReport): KubeObject {
    const { custom } = this.#target
    if (custom && this.#isCustom(kind)) {
      const { object, unknown } = readCustomBody(custom, value, patch && ((why) => invalidPatch(patch, why)))
      this.#checkUnknown([...(patch?.unknown ?? []), ...unknown], kind, patch)
      return withAskedReset(object, value)
    }
    if (value instanceof UnreadableBody) throw unrecognizedBody(kind.kind, value.why, value)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const head =
        'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
      const why = `json: cannot unmarshal ${jsonType(value)} into Go value of type ${head}`
      throw unrecognizedBody(kind.kind, `couldn't get version/kind; json parse error: ${why}`, value)
    }
    const wanted = formatApiVersion(kind)
    const own = value as { readonly apiVersion?: unknown; readonly kind?: unknown }
    const named = { ...own, apiVersion: own.apiVersion ?? wanted, kind: own.kind ?? kind.kind }
    if (named.kind !== kind.kind || named.apiVersion !== wanted) {
      const why = `no kind "${named.kind}" is registered for version "${named.apiVersion}" in scheme "pkg/runtime/scheme.go:111"`
      throw patch ? invalidPatch(patch, why) : this.#wrongKind(named, kind, value)
    }
    const { object, unknownFields, typeErrors } = decode(types, kind, named)
    const [problem] = typeErrors
    if (problem !== undefined || object === undefined) {
      if (patch) throw invalidPatch(patch, problem ?? '')
      throw newBadRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${problem}`)
    }
    const repeated = patch ? patch.unknown : this.#repeatedFields(value)
    this.#checkUnknown([...repeated, ...unknownFieldMessages(unknownFields)], kind, patch)
    return withAskedReset(object as unknown as KubeObject, value)
  }

  /** Keys that stand twice in the text of a body; nobody asks about them where fieldValidation is Ignore. */
  #repeatedFields(value: unknown): readonly string[] {
    const text = this.#query.text('fieldValidation') === 'Ignore' ? undefined : sourceOf(value)
    return text === undefined ? [] : repeatedKeys(text, value).map((path) => `duplicate field "${path}"`)
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
    if (scheme.byKind({ group, version, kind: String(own) }) === undefined)
      return unfit(`no kind "${own}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`)
    return unfit(`converting (${version}.${own}) to (${goPackage(kind.group)}.${kind.kind}): unknown conversion`)
  }

  #dryRun(): boolean {
    return this.#query.all('dryRun').length > 0
  }

  #checkWriteOptions(): void {
    const fieldValidation = this.#query.text('fieldValidation')
    const kind =
      { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' }[String(this.#info.verb)] ??
      'CreateOptions'
    const manager = this.#query.text('fieldManager')
    const errors = validateWriteOptions({
      ...(this.#dryRun() && { dryRun: this.#query.all('dryRun') }),
      ...(manager !== '' && { fieldManager: manager }),
      ...(fieldValidation !== '' && { fieldValidation }),
    })
    if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind }, '', errors)
  }

  /** Adds what the server has to say beside its answer. */
  #warned(response: ApiResponse): ApiResponse {
    const { warnings } = this.#context
    if (warnings.length === 0) return response
    const header = warnings.map((text) => `299 - "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(', ')
    return { ...response, headers: { ...response.headers, warning: header } }
  }
}

/** The Go package in which upstream keeps the internal types of a group. */
function goPackage(group: string): string {
  if (group === '' || group === 'events.k8s.io') return 'core'
  return group === 'internal.apiserver.k8s.io' ? 'apiserverinternal' : (group.split('.')[0] ?? group)
}

function ok(body: unknown): ApiResponse {
  return { status: 200, headers: {}, body }
}

function kindOf({ info: { group, version, kind } }: Target): GroupVersionKind {
  return { group, version, kind }
}

/** Puts the request's namespace where the object names none. Throws a 400 for another one. */
function placed(object: KubeObject, namespace: string, { info }: Target): KubeObject {
  const own = object.metadata.namespace ?? ''
  if (own === '' || !info.namespaced) {
    return own === namespace ? object : withMeta(object, { namespace: namespace === '' ? undefined : namespace })
  }
  if (own === namespace) return object
  throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request')
}

/** Decoding leaves empty lists out, but an empty list of managed fields says that nobody is to manage any. */
function withAskedReset(object: KubeObject, given: unknown): KubeObject {
  const { metadata } = given as { readonly metadata?: { readonly managedFields?: unknown } }
  const asked = metadata?.managedFields
  if (Array.isArray(asked) && asked.length === 0) return withManagedFields(object, [])
  return object.metadata === undefined ? { ...object, metadata: {} } : object
}

/** The resource version that a merge patch asks for; JSON patches carry none. */
function patchVersion(patch: unknown): string | undefined {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return undefined
  const { metadata } = patch as { readonly metadata?: { readonly resourceVersion?: unknown } }
  const version = metadata?.resourceVersion
  return typeof version === 'string' && version !== '' ? version : undefined
}

function jsonType(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
}

/** What the router says of a verb that collections do not have. */
function noSuchMethod(): StatusError {
  return newGenericServerResponse({
    code: 405,
    verb: '',
    resource: { group: '', resource: '' },
    name: '',
    serverMessage: '',
    retryAfterSeconds: 0,
    unexpected: false,
  })
}

/** A refusal of something that is not modelled; the message names it. */
export function unsupported(feature: string): StatusError {
  return StatusError.of({ reason: 'MethodNotAllowed', message: `unsupported: ${feature} is not modelled` })
}
