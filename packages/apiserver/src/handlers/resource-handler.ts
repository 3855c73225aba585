import type { UpdateStrategy } from '@kube-bonsai/api-strategies'
import { loadGoOrder, scheme, type TypeResolver } from '@kube-bonsai/api-types'
import type { Pod } from '@kube-bonsai/api-types/core/v1'
import {
  type ApiRequest,
  type ApiResponse,
  type GroupVersionKind,
  type KubeObject,
  newBadRequest,
  newMethodNotSupported,
  newNotFound,
  newUnsupportedMediaType,
} from '@kube-bonsai/apimachinery'
import { requestToken } from '../authentication/reviews/token-request.ts'
import { confirmStream } from '../authorization/further-verbs.ts'
import { servedTypes } from '../codec/negotiation.ts'
import { groupResource, type RequestContext, type Target } from '../context.ts'
import { isInScope } from '../custom-resources/custom-target.ts'
import { withSortedKeys } from '../custom-resources/sorted-json.ts'
import { managerName } from '../managed-fields/manager-name.ts'
import { loadManagedVersions, trackedBody } from '../managed-fields/tracker.ts'
import { componentStatuses } from '../registry/component-statuses.ts'
import { createObject } from '../registry/create.ts'
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
import { bindPod, withTopologyLabels } from '../subresources/binding.ts'
import { evictPod } from '../subresources/eviction.ts'
import { podLog } from '../subresources/pod-log.ts'
import { scaleOf, shownScale } from '../subresources/scale.ts'
import { applyScale, scaled, scaleWithFields, trackScale } from '../subresources/scale-fields.ts'
import { applyObject, applyType, checkPatchOptions, patchedVersion, placedAndNamed } from './applying.ts'
import { BodyReader } from './body-reader.ts'
import { connections, unsupported } from './connecting.ts'
import { deleteCollection, deleteOne, type RequestParts } from './deleting.ts'
import { patchTypeOf, patchTypesWith } from './patch-type.ts'
import { customPatchTypes, patched, patchReport, patchTypes } from './patching.ts'
import { connectPorts, connectProcess } from './process-streams.ts'
import { proxyTo } from './proxying.ts'
import { checkName, noSuchMethod, placed } from './request-checks.ts'
import { reviews } from './reviews.ts'
import { checkWriteOptions, isDryRun } from './write-options.ts'

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
  if (!custom) checkName(info.name)
  return info.subresource === '' ? handler.main() : handler.sub()
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
  readonly #bodies: BodyReader
  readonly #parts: RequestParts

  constructor(context: RequestContext, target: Target, info: ResourceRequest, request: ApiRequest, query: Query) {
    this.#context = context
    this.#target = target
    this.#info = info
    this.#request = request
    this.#query = query
    this.#bodies = new BodyReader(context, target, request, query)
    this.#parts = { context, target, info, request, query }
  }

  async main(): Promise<ApiResponse> {
    const { verb, namespace, name } = this.#info
    const target = this.#target
    if (target.info.kind === 'Binding' && verb === 'create') return this.#bind(kindOf(target))
    if (!target.info.verbs.includes(verb)) {
      if (verb === 'create' && reviews[target.info.kind]) return this.#review()
      throw newMethodNotSupported(groupResource(target), verb === 'deletecollection' ? 'delete collection' : verb)
    }
    if (name === '' && (verb === 'patch' || verb === 'update')) throw noSuchMethod()
    if (target.info.kind === 'ComponentStatus') return ok(componentStatuses(target, this.#query, name))
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
        return deleteOne(this.#parts)
      default:
        return deleteCollection(this.#parts)
    }
  }

  async sub(): Promise<ApiResponse> {
    const { subresource, verb, name } = this.#info
    const target = this.#target
    const known = target.info.subresources.find((entry) => entry.name === subresource)
    if (known !== undefined && connections.has(subresource)) {
      await confirmStream(this.#context, this.#info)
      const isProcess = target.info.resource === 'pods' && (subresource === 'exec' || subresource === 'attach')
      if (isProcess) return this.#process(subresource, name)
      if (target.info.resource === 'pods' && subresource === 'portforward') return this.#ports(name)
      return this.#proxy(name)
    }
    if (known === undefined) throw target.custom ? newNotFound(groupResource(target), name) : pathNotFound()
    if (!known.verbs.includes(verb) && !target.custom) throw methodNotAllowed()
    if (!known.verbs.includes(verb))
      throw newMethodNotSupported(
        { ...groupResource(target), resource: `${target.info.resource}/${subresource}` },
        verb,
      )
    if (subresource === 'scale') return this.#scale(known.kind)
    if (known.kind.kind === 'TokenRequest') return this.#token(known.kind)
    if (target.info.resource === 'pods' && target.info.group === '') {
      if (subresource === 'binding') {
        return this.#bind(known.kind)
      }
      if (subresource === 'eviction') return this.#evict(known.kind)
      if (subresource === 'log') return this.#log(name)
    }
    if (this.#rules(subresource) === undefined) throw unsupported(`${target.info.resource}/${subresource}`)
    if (verb === 'get') return ok(await this.#get(name))
    return verb === 'patch' ? this.#patch(subresource) : this.#update(subresource)
  }

  async #log(name: string): Promise<ApiResponse> {
    const pod = (await this.#get(name)) as Pod
    const stream = await podLog(pod, this.#query, this.#context.server.nodeProxy, this.#isNode())
    return stream ? { status: 200, headers: { 'content-type': 'text/plain' }, stream } : { status: 204, headers: {} }
  }

  async #process(subresource: 'exec' | 'attach', name: string): Promise<ApiResponse> {
    const pod = (await this.#get(name)) as Pod
    return connectProcess(subresource, pod, this.#request, this.#query, this.#context.server.nodeProxy, this.#isNode())
  }

  async #ports(name: string): Promise<ApiResponse> {
    const pod = (await this.#get(name)) as Pod
    return connectPorts(pod, this.#request, this.#context.server.nodeProxy, this.#isNode())
  }

  #proxy(name: string): Promise<ApiResponse> {
    const { server } = this.#context
    return proxyTo(this.#target.info.resource, name, this.#request, {
      proxy: server.nodeProxy,
      random: server.random,
      get: (own) => this.#get(own),
      find: async (resource, own) => {
        const target = findTarget(this.#context, { ...this.#info, resource })
        const found = await server.storage.get(keyOf(target, this.#info.namespace, own))
        return found && fromStored(target, found.value)
      },
    })
  }

  #isNode(): (name: string) => Promise<boolean> {
    const nodes = findTarget(this.#context, { ...this.#info, resource: 'nodes' })
    return async (name) => (await this.#context.server.storage.get(keyOf(nodes, '', name))) !== undefined
  }

  #rules(subresource: string): UpdateStrategy | undefined {
    const { subresources } = this.#target.strategy
    return Object.hasOwn(subresources, subresource) ? subresources[subresource] : undefined
  }

  async #get(name: string): Promise<KubeObject> {
    const { server } = this.#context
    const version = readVersion(this.#query.text('resourceVersion'), 'get')
    if (version !== undefined && version > 0) await waitForRevision(server, version, this.#target.stored)
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
    checkWriteOptions(this.#query, this.#info.verb)
    if (this.#target.info.namespaced && namespace === '') {
      throw newBadRequest('namespace is required: POST to the path of a namespace, /namespaces/NAME/')
    }
    const placedHere = placed(await this.#bodies.object(kindOf(this.#target)), namespace, this.#target)
    const given = withUniqueOwners(placedHere, this.#context)
    const object = await createObject(this.#context, this.#target, given, { namespace, dryRun: isDryRun(this.#query) })
    return { ...ok(object), status: 201 }
  }

  async #update(subresource: string): Promise<ApiResponse> {
    const { namespace, name } = this.#info
    checkWriteOptions(this.#query, this.#info.verb)
    const named = placedAndNamed(this.#target, await this.#bodies.object(kindOf(this.#target)), namespace, name)
    const given = withUniqueOwners(named, this.#context)
    const { object, created } = await updateObject(
      this.#context,
      this.#target,
      this.#updateOptions(subresource, subresource === ''),
      () => given,
    )
    return { ...ok(object), status: created ? 201 : 200 }
  }

  async #patch(subresource: string): Promise<ApiResponse> {
    const type = this.#patchType()
    checkPatchOptions(this.#query, type === applyType)
    if (type === applyType) {
      const options = this.#updateOptions(subresource, subresource === '')
      const { body: config } = this.#request
      const fieldValidation = this.#query.text('fieldValidation')
      const application = { options, config, force: this.#query.flag('force'), fieldValidation }
      return await applyObject(this.#context, this.#target, application)
    }
    const types = await this.#bodies.types(kindOf(this.#target))
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
    return ok(object)
  }

  /** Makes objects of others by the request's patch. */
  async #patchReader(
    type: string,
    types: TypeResolver,
    kind: GroupVersionKind,
  ): Promise<(current: KubeObject) => KubeObject> {
    const goOrder = this.#bodies.isCustom(kind) ? undefined : await loadGoOrder()
    const { body } = this.#request
    return (current) => {
      const result = patched(type, current, body, types, kind)
      const report = patchReport(
        type,
        current,
        result,
        body,
        (object) => goOrder?.(types, kind, object) ?? withSortedKeys(object),
      )
      return this.#bodies.decoded(result, kind, types, report)
    }
  }

  /** Throws a 415 for what is no patch. */
  #patchType(): string {
    const type = this.#request.headers?.['content-type'] ?? ''
    const types = servedTypes(this.#context.server.gates)
    if (!this.#target.custom) return patchTypeOf(type, patchTypes, types)
    const known = patchTypesWith(customPatchTypes, types)
    if (!known.includes(type.split(';')[0] ?? '')) throw newUnsupportedMediaType(known)
    return patchTypeOf(type, customPatchTypes, types)
  }

  #updateOptions(subresource: string, mayCreate: boolean) {
    const { namespace, name } = this.#info
    const rules = subresource === '' ? undefined : this.#rules(subresource)
    const unconditional = this.#info.verb === 'patch'
    return {
      namespace,
      name,
      subresource,
      dryRun: isDryRun(this.#query),
      mayCreate,
      unconditional,
      ...(rules && { rules }),
    }
  }

  async #scale(kind: GroupVersionKind): Promise<ApiResponse> {
    const { verb, name, namespace } = this.#info
    if (verb === 'get') return ok(shownScale(this.#target, await this.#get(name)))
    const type = verb === 'update' ? '' : this.#patchType()
    if (verb === 'update') checkWriteOptions(this.#query, this.#info.verb)
    else checkPatchOptions(this.#query, type === applyType)
    const types = await scheme.load('autoscaling', 'v1')
    const body = verb === 'update' ? await this.#bodies.object(kind) : undefined
    const readPatched = await this.#patchReader(type, types, kind)
    const unconditional = verb === 'patch' || !body?.metadata.resourceVersion
    const options = { ...this.#updateOptions('', false), applied: true, unconditional }
    const { object } = await updateObject(this.#context, this.#target, options, async (current) => {
      if (current === undefined) throw newNotFound(groupResource(this.#target), name)
      await loadManagedVersions(this.#target, current.metadata.managedFields)
      const old = scaleWithFields(this.#target, current)
      if (type === applyType) {
        const scale = applyScale(this.#context, this.#target, old, this.#request.body, this.#query.flag('force'))
        return scaled(this.#target, current, placedAndNamed(this.#target, scale, namespace, name))
      }
      const wanted = placedAndNamed(this.#target, body ?? readPatched(old), namespace, name)
      const scale = trackScale(this.#context, this.#target, old, wanted)
      const asked = verb === 'update' ? scale.metadata.resourceVersion : patchVersion(this.#request.body)
      return scaled(this.#target, current, withMeta(scale, { resourceVersion: asked }))
    })
    return ok(scaleOf(object, this.#target.custom?.scale))
  }

  /** Through a pod, or through the old collection of bindings, where the body names the pod. */
  async #bind(kind: GroupVersionKind): Promise<ApiResponse> {
    const { namespace } = this.#info
    const sent = await this.#bodies.object(kind)
    const body = this.#info.name ? await withTopologyLabels(this.#context, sent) : sent
    const name = this.#info.name || (body.metadata.name ?? '')
    const target = findTarget(this.#context, { ...this.#info, resource: 'pods' })
    return { ...ok(await bindPod(this.#context, target, namespace, name, body, isDryRun(this.#query))), status: 201 }
  }

  async #evict(kind: GroupVersionKind): Promise<ApiResponse> {
    const { namespace, name } = this.#info
    checkWriteOptions(this.#query, this.#info.verb)
    const body = await this.#bodies.object(kind, 'policy/v1beta1')
    const status = await evictPod(this.#context, this.#target, namespace, name, body, isDryRun(this.#query))
    return { ...ok(status), status: 201 }
  }

  async #token(kind: GroupVersionKind): Promise<ApiResponse> {
    const { namespace, name } = this.#info
    checkWriteOptions(this.#query, this.#info.verb)
    const to = { target: this.#target, namespace, name, dryRun: isDryRun(this.#query) }
    return { ...ok(await requestToken(this.#context, to, await this.#bodies.object(kind))), status: 201 }
  }

  async #review(): Promise<ApiResponse> {
    const answer = reviews[this.#target.info.kind]
    const kind = kindOf(this.#target)
    const asked = withMeta(await this.#bodies.object(kind), noSystemFields)
    const body = trackedBody(this.#context, kind, '', asked)
    if (answer === undefined) throw unsupported(this.#target.info.resource)
    return { ...ok(await answer(this.#context, body, this.#info.namespace)), status: 201 }
  }
}

/** What clients do not say of what they make. @see staging/src/k8s.io/apiserver/pkg/registry/rest/meta.go WipeObjectMetaSystemFields */
const noSystemFields = {
  uid: undefined,
  creationTimestamp: undefined,
  deletionTimestamp: undefined,
  deletionGracePeriodSeconds: undefined,
  selfLink: undefined,
}

function ok(body: unknown): ApiResponse {
  return { status: 200, headers: {}, body }
}

function kindOf({ info: { group, version, kind } }: Target): GroupVersionKind {
  return { group, version, kind }
}

/** The resource version that a merge patch asks for; JSON patches carry none. */
function patchVersion(patch: unknown): string | undefined {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return undefined
  const { metadata } = patch as { readonly metadata?: { readonly resourceVersion?: unknown } }
  const version = metadata?.resourceVersion
  return typeof version === 'string' && version !== '' ? version : undefined
}
