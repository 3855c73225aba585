import type { ApiRequest, ApiResponse } from '@kube-bonsai/apimachinery'
import { newNotAcceptable } from '@kube-bonsai/apimachinery'
import type { CustomResources } from '../custom-resources/custom-resources.ts'
import type { Catalog } from '../registry/catalog.ts'
import { methodNotAllowed, pageNotFound } from '../request/not-found.ts'
import { digest } from './digest.ts'
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions } from './documents.ts'
import { openApiPage } from './openapi-pages.ts'

const version = {
  major: '1',
  minor: '35',
  emulationMajor: '1',
  emulationMinor: '35',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '34',
  gitVersion: 'v1.35.4',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'bonsai',
  compiler: 'none',
  platform: 'javascript/any',
}
const health = /^\/(healthz|livez|readyz)(?:\/(ping|etcd|log))?\/?$/
const checks = ['ping', 'log', 'etcd']

/** The server's own pages: discovery, health, version, OpenAPI, metrics. Throws a 404 for everything else. */
export async function servePage(
  catalog: Catalog,
  customResources: CustomResources,
  request: ApiRequest,
): Promise<ApiResponse> {
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed()
  const path = request.path.replace(/\/$/, '') || '/'
  const accept = request.headers?.accept ?? ''
  const wellness = health.exec(request.path)
  if (wellness) return text(healthText(wellness[1] ?? '', wellness[2], request.query))
  if (path === '/version') return json(version)
  if (path === '/metrics') return text(metrics, 'text/plain; version=0.0.4; charset=utf-8')
  if (path === '/api' || path === '/apis') {
    const aggregated = asksForAggregated(accept)
    if (aggregated) return tagged(aggregatedDiscovery(catalog, path === '/api'), aggregated, request)
    return json(path === '/api' ? apiVersions('localhost') : apiGroupList(catalog))
  }
  const openApi = await openApiPage(catalog, customResources, path, request)
  if (openApi) return openApi
  const found = listing(catalog, path)
  if (found === undefined) return pageNotFound()
  return json(found)
}

function listing(catalog: Catalog, path: string): object | undefined {
  const [, root, first = '', second, ...more] = path.split('/')
  if (path === '/') return { paths: rootPaths(catalog) }
  if (more.length > 0) return undefined
  if (root === 'api' && second === undefined) return apiResourceList(catalog, '', first)
  if (root !== 'apis') return undefined
  return second === undefined ? apiGroup(catalog, first) : apiResourceList(catalog, first, second)
}

function rootPaths(catalog: Catalog): readonly string[] {
  const groups = catalog
    .groups()
    .flatMap(({ group, versions }) =>
      group === '' ? [] : [`/apis/${group}`, ...versions.map((entry) => `/apis/${group}/${entry}`)],
    )
  return [
    '/api',
    '/api/v1',
    '/apis',
    ...groups,
    '/healthz',
    '/livez',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/readyz',
    '/version',
  ].sort()
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** The media type to answer with when the aggregated form is asked for, in order of the client's wishes. */
function asksForAggregated(accept: string): string | undefined {
  for (const entry of accept.split(',')) {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim())
    const wanted = new Map(parameters.map((parameter) => parameter.split('=') as [string, string]))
    if (
      wanted.get('as') === 'APIGroupDiscoveryList' &&
      wanted.get('v') === 'v2' &&
      wanted.get('g') === 'apidiscovery.k8s.io'
    )
      return aggregatedType
    if (!wanted.has('as') && ['application/json', '*/*', 'application/*', ''].includes(type)) return undefined
  }
  throw newNotAcceptable(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'])
}

async function tagged(document: object, type: string, request: ApiRequest): Promise<ApiResponse> {
  const etag = `"${await digest(JSON.stringify(document))}"`
  const headers = { etag, vary: 'Accept', 'cache-control': 'public', 'content-type': type }
  if (request.headers?.['if-none-match'] === etag) return { status: 304, headers }
  return { status: 200, headers, body: document }
}

function healthText(name: string, check: string | undefined, query: ApiRequest['query']): string {
  if (check !== undefined || query === undefined || !Object.hasOwn(query, 'verbose')) return 'ok'
  return `${checks.map((one) => `[+]${one} ok`).join('\n')}\n${name} check passed\n`
}

const metrics = ['mismatch', 'panic']
  .map((kind) => `apiserver_validation_declarative_validation_${kind}_total`)
  .map(
    (name) =>
      `# HELP ${name} [BETA] Declarative validations that disagreed with the hand-written ones, or failed.\n# TYPE ${name} counter\n${name} 0\n`,
  )
  .join('')

function json(body: object): ApiResponse {
  return { status: 200, headers: {}, body }
}

function text(body: string, type: string = 'text/plain; charset=utf-8'): ApiResponse {
  return { status: 200, headers: { 'content-type': type }, stream: once(body) }
}

async function* once(body: string): AsyncGenerator<string> {
  yield body
}
