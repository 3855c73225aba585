import { type Strategy, scaleTable } from '@kube-bonsai/api-strategies'
import { type ResourceInfo, scheme } from '@kube-bonsai/api-types'
import type { ApiRequest, ApiResponse } from '@kube-bonsai/apimachinery'
import { RefusedBody } from '../codec/body-source.ts'
import { refusedByRouter, type ServedTypes, servedTypes } from '../codec/negotiation.ts'
import { allowsNoTable, readForm, toFormEvents, toMetadata, toTable } from '../codec/table.ts'
import { newRequestContext, type ServerContext, type User } from '../context.ts'
import { prepareExpressions } from '../expressions.ts'
import { extensionFor } from '../extensions/extensions.ts'
import type { Catalog } from '../registry/catalog.ts'
import { deprecationWarning, isServed, withWarnings } from '../request/deprecation.ts'
import { methodNotAllowed, pageNotFound, pathNotFound } from '../request/not-found.ts'
import { Query } from '../request/query.ts'
import { refusal } from '../request/refusal.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import { producedBy, routeOf } from '../request/routes.ts'
import { patchTypeOf } from './patch-type.ts'
import { patchTypes } from './patching.ts'
import { handleResource } from './resource-handler.ts'

/** Answers a request for objects in the form that the client asked for. Throws a StatusError for what has no route. */
export async function answerResource(
  server: ServerContext,
  info: ResourceRequest,
  request: ApiRequest,
  user: User,
): Promise<ApiResponse> {
  const { catalog, customResources } = server
  const accept = request.headers?.accept ?? ''
  const types = servedTypes(server.gates)
  const custom = customResources.find(info.group, info.version, info.resource)
  const extension = extensionFor(server.extensions, info.group, info.version)
  if (!custom && !extension) {
    if (!catalog.servesGroup(info.group)) return pageNotFound()
    checkRoute(catalog, request, accept, types)
  }
  const found = catalog.find(info.group, info.version, info.resource)
  const allows = found && isQuestion(found, info) ? allowsNoTable : undefined
  const form = readForm(accept, new Query(request.query), info.verb === 'watch', allows, types)
  if (found) await loadTypes(catalog, found)
  await prepareExpressions(info)
  const context = { ...newRequestContext(server, user), requestName: info.name }
  const deprecation = found && isServed(found, info.verb, info.subresource) ? deprecationWarning(found) : undefined
  if (deprecation !== undefined) context.warn(deprecation)
  const handle = () => (extension ? extension.answer(info, request) : handleResource(context, info, request))
  const handled = request.body instanceof RefusedBody ? Promise.reject(request.body.refusal) : handle()
  const response = withWarnings(await handled.catch(refusal), context.warnings)
  if (form.as === 'object' || response.status >= 300) return response
  const strategy: Strategy | undefined = found ? server.strategyFor(found) : custom?.strategy
  // Other subresources write parts of the object, and print as it does.
  const table = info.subresource === 'scale' ? scaleTable : strategy?.printsPlainly ? undefined : strategy?.table
  const now = () => server.clock.now()
  if (response.events) return { ...response, events: toFormEvents(response.events, form, table, now) }
  if (response.stream || isStatusBody(response.body)) return response
  return {
    ...response,
    body: form.as === 'table' ? toTable(response.body, table, form, now()) : toMetadata(response.body, form),
  }
}

const questions = new Set(['token', 'binding', 'eviction'])

/** Whether a request makes something that is answered and not stored. */
function isQuestion({ verbs }: ResourceInfo, { verb, subresource }: ResourceRequest): boolean {
  if (verb !== 'create') return false
  return subresource === '' ? verbs.length === 1 : questions.has(subresource)
}

function checkRoute(catalog: Catalog, { path, method, headers }: ApiRequest, accept: string, types: ServedTypes): void {
  const routing = routeOf(catalog, path, method)
  if (routing.found === 'nothing') throw pathNotFound()
  if (routing.found === 'other methods') throw methodNotAllowed()
  if (method === 'PATCH') patchTypeOf(headers?.['content-type'] ?? '', patchTypes, types)
  const refused = refusedByRouter(accept, producedBy(routing.produces, types))
  if (refused) throw refused
}

/** Loads what decoding and defaulting need: the types of the version asked for and of the one in which objects are kept. */
async function loadTypes(catalog: Catalog, info: ResourceInfo): Promise<void> {
  const stored = catalog.stored(info)
  await scheme.load(info.group, info.version)
  if (stored.group !== info.group || stored.version !== info.version) await scheme.load(stored.group, stored.version)
}

function isStatusBody(body: unknown): boolean {
  return typeof body === 'object' && body !== null && (body as { readonly kind?: unknown }).kind === 'Status'
}
