import { type ApiRequest, type ApiResponse, newNotAcceptable } from '@kube-bonsai/apimachinery'
import { issuerPage } from '../authentication/issuer-pages.ts'
import type { ServiceAccountTokens } from '../authentication/service-accounts/service-account-tokens.ts'
import { negotiate, objectTypes, refusedByRouter } from '../codec/negotiation.ts'
import type { CustomResources } from '../custom-resources/custom-resources.ts'
import type { ApiExtension } from '../extensions/extensions.ts'
import { priorityLevelsPage } from '../flow-control/pages.ts'
import { type MetricSources, metricsPage } from '../metrics/page.ts'
import type { Catalog } from '../registry/catalog.ts'
import { methodNotAllowed, pageNotFound, pathNotFound } from '../request/not-found.ts'
import { pathParts } from '../request/request-info.ts'
import { digest } from './digest.ts'
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions } from './documents.ts'
import { healthPage } from './health.ts'
import { openApiPage } from './openapi-pages.ts'
import { json } from './page.ts'
import { rootPaths } from './root-paths.ts'
import { version } from './version.ts'
import { type ZPageSources, zPage } from './zpages.ts'

/** For what is JSON, whatever else a client may want. */
const plainJson = { 'content-type': 'application/json' }

/** What pages are made of. */
export interface PageSources extends Omit<MetricSources, 'started'> {
  readonly serviceAccountTokens: ServiceAccountTokens
  readonly customResources: CustomResources
  readonly extensions: readonly ApiExtension[]
  readonly zPages: Omit<ZPageSources, 'paths'>
}

/**
 * The server's own pages: discovery, health, version, OpenAPI, metrics. Throws a StatusError for paths that the router
 * has nothing at; paths that nobody claims are plain text with status 404.
 *
 * @see staging/src/k8s.io/apiserver/pkg/server/handler.go director
 */
export async function servePage(sources: PageSources, request: ApiRequest): Promise<ApiResponse> {
  const { path } = request
  if (isRouted(sources.catalog, path)) return routedPage(sources, request)
  const paths = () => rootPaths(sources.catalog, sources.zPages.gates)
  if (path === '/' || path === '/index.html') return json({ paths: paths() }, plainJson)
  const group = groupDiscovery(sources, request)
  if (group !== undefined) return group
  if (path === '/debug/api_priority_and_fairness/dump_priority_levels') return priorityLevelsPage(sources.flowControl)
  const page = healthPage(path, request.query) ?? zPage({ ...sources.zPages, paths }, request)
  if (page !== undefined) return page
  const metrics = await metricsPage({ ...sources, started: sources.zPages.started }, request)
  if (metrics !== undefined) return metrics
  const issuer = await issuerPage(sources.serviceAccountTokens, request)
  if (issuer !== undefined) return issuer
  const openApi = await openApiPage(sources.catalog, sources.customResources, request)
  return openApi ?? pageNotFound()
}

/** Whether the router claims a path, so that what it does not know there is answered as an object. */
function isRouted(catalog: Catalog, path: string): boolean {
  const [empty, root, group = '', ...rest] = path.split('/')
  if (empty !== '') return false
  if (root === 'api' || root === 'version') return true
  return root === 'apis' && group !== '' && rest.length > 0 && rest[0] !== '' && catalog.servesGroup(group)
}

/** Pages that exist for GET alone, however many slashes they end in. */
function routedPage({ catalog }: PageSources, request: ApiRequest): ApiResponse | Promise<ApiResponse> {
  const accept = request.headers?.accept ?? ''
  const [root = '', first = '', second, ...more] = pathParts(request.path)
  if (more.length > 0) throw pathNotFound()
  const isVersion = root === 'version' && first === '' && second === undefined
  const list =
    root === 'api' && first !== '' && second === undefined
      ? apiResourceList(catalog, '', first)
      : root === 'apis' && second !== undefined
        ? apiResourceList(catalog, first, second)
        : undefined
  const isRoot = root === 'api' && first === '' && second === undefined
  if (!isVersion && !isRoot && list === undefined) throw pathNotFound()
  if (request.method !== 'GET') throw methodNotAllowed()
  const refused = refusedByRouter(accept, isVersion ? ['application/json'] : objectTypes)
  if (refused) throw refused
  if (isVersion) return json(version, plainJson)
  if (isRoot)
    return groupsPage(
      aggregatedOr(request, () => apiVersions(hostOf(request))),
      catalog,
      true,
      request,
    )
  if (negotiate(accept) === undefined) throw newNotAcceptable(objectTypes)
  return json(list ?? {})
}

/** `/apis`, `/apis/GROUP`, and the versions of custom resources, which any method reads. */
function groupDiscovery(
  { catalog, customResources, extensions }: PageSources,
  request: ApiRequest,
): ApiResponse | Promise<ApiResponse> | undefined {
  const { path } = request
  const accept = request.headers?.accept ?? ''
  if (path === '/apis' || path === '/apis/')
    return groupsPage(
      aggregatedOr(request, () => apiGroupList(catalog)),
      catalog,
      false,
      request,
    )
  const [, root, group = '', second, third, ...more] = path.split('/')
  if (root !== 'apis' || group === '' || more.length > 0) return undefined
  const list = second
    ? customList(
        catalog,
        [
          ...extensions.map(({ group: name, version }) => ({ group: name, versions: [version] })),
          ...customResources.groups,
        ],
        group,
        second,
        third,
      )
    : undefined
  const found = second ? list : third === undefined ? apiGroup(catalog, group) : undefined
  if (found === undefined) return undefined
  if (negotiate(accept) === undefined) throw newNotAcceptable(objectTypes)
  return json(found)
}

function customList(
  catalog: Catalog,
  groups: CustomResources['groups'],
  group: string,
  version: string,
  rest: string | undefined,
): object | undefined {
  const known = groups.some((entry) => entry.group === group && entry.versions.includes(version))
  return known && (rest === undefined || rest === '') ? apiResourceList(catalog, group, version) : undefined
}

/** The host that a client asked; clients outside of the cluster find the server there. */
function hostOf({ headers }: ApiRequest): string {
  return headers?.['host'] ?? 'localhost'
}

type Groups = { readonly aggregated: string } | { readonly plain: object }

const listKind = 'APIGroupDiscoveryList'

/** The aggregated form with its media type where a client asks for it first, or the plain form. Throws a 406. */
function aggregatedOr(request: ApiRequest, plain: () => object): Groups {
  const accept = request.headers?.accept ?? ''
  const wanted = negotiate(
    accept,
    objectTypes,
    (_type, as) =>
      as === undefined || (as.group === 'apidiscovery.k8s.io' && as.kind === listKind && as.version === 'v2'),
  )
  if (wanted === undefined) throw newNotAcceptable(objectTypes)
  return wanted.as ? { aggregated: `${wanted.type};g=apidiscovery.k8s.io;v=v2;as=${listKind}` } : { plain: plain() }
}

async function groupsPage(groups: Groups, catalog: Catalog, core: boolean, request: ApiRequest): Promise<ApiResponse> {
  if ('plain' in groups) return json(groups.plain)
  const document = aggregatedDiscovery(catalog, core)
  const etag = `"${await digest(JSON.stringify(document))}"`
  const headers = { etag, vary: 'Accept', 'cache-control': 'public', 'content-type': groups.aggregated }
  if (request.headers?.['if-none-match'] === etag) return { status: 304, headers }
  return { status: 200, headers, body: document }
}
