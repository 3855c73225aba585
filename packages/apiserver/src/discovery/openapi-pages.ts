import { openApiV2, openApiV3, openApiV3Index } from '@kube-bonsai/api-types/openapi'
import type { ApiRequest, ApiResponse, JsonObject } from '@kube-bonsai/apimachinery'
import type { CustomResources } from '../custom-resources/custom-resources.ts'
import { customOpenApiV3, withCustomOpenApiV2 } from '../custom-resources/openapi.ts'
import type { Catalog } from '../registry/catalog.ts'
import { Query } from '../request/query.ts'
import { digest } from './digest.ts'
import { asksForOpenApiV2Protobuf, encodeOpenApiV2, openApiV2Protobuf } from './openapi-v2-protobuf.ts'
import { bare, json } from './page.ts'

/** `/openapi/v2`, `/openapi/v3` and what is below it; undefined for other paths. Protobuf only of v2, as kubectl asks for it; else refused with 406. */
export async function openApiPage(
  catalog: Catalog,
  customResources: CustomResources,
  request: ApiRequest,
): Promise<ApiResponse | undefined> {
  const { path } = request
  if (path !== '/openapi/v2' && path !== '/openapi/v3' && !path.startsWith('/openapi/v3/')) return undefined
  const accept = request.headers?.accept ?? '*/*'
  const asProtobuf = path === '/openapi/v2' && asksForOpenApiV2Protobuf(accept)
  if (path !== '/openapi/v3' && !asProtobuf && !takesJson(accept)) return bare(406, varies(path))
  const all = catalog.groups().flatMap(({ group, versions }) => versions.map((version) => ({ group, version })))
  const builtIn = all.filter(({ group, version }) => catalog.serves(group, version))
  if (path === '/openapi/v2') {
    const document = withCustomOpenApiV2(await openApiV2(builtIn), customResources)
    const headers = { vary: 'Accept-Encoding, Accept', 'accept-ranges': 'bytes' }
    if (!asProtobuf) return json(document, { ...headers, ...plainJson })
    return {
      status: 200,
      headers: { ...headers, 'content-type': openApiV2Protobuf },
      body: encodeOpenApiV2(document),
    }
  }
  if (path === '/openapi/v3') {
    const index = await openApiV3Index(digest, builtIn)
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'accept-ranges': 'bytes' }
    return json(await withCustomIndex(index, customResources), headers)
  }
  const match = /^\/openapi\/v3\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path)
  const [, group = '', version = ''] = match ?? []
  const body = catalog.serves(group, version)
    ? await openApiV3(group, version)
    : await customOpenApiV3(customResources, group, version)
  if (body === undefined) return bare(404)
  const asked = new Query(request.query).text('hash')
  const headers = { vary: 'Accept', 'accept-ranges': 'bytes', ...plainJson }
  return json(body, asked === '' ? headers : { ...headers, 'cache-control': 'public, immutable' })
}

async function withCustomIndex(index: JsonObject, customResources: CustomResources): Promise<JsonObject> {
  const entries: [string, JsonObject][] = []
  for (const { group, versions } of customResources.groups) {
    for (const version of versions) {
      const document = await customOpenApiV3(customResources, group, version)
      const hash = await digest(JSON.stringify(document))
      const path = `apis/${group}/${version}`
      entries.push([path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }])
    }
  }
  return { ...index, paths: { ...(index['paths'] as JsonObject), ...Object.fromEntries(entries) } }
}

function takesJson(accept: string): boolean {
  return accept.split(',').some((entry) => {
    const type = entry.split(';')[0]?.trim()
    return type === 'application/json' || type === '*/*' || type === 'application/*'
  })
}

const varies = (path: string) => ({ vary: path === '/openapi/v2' ? 'Accept-Encoding, Accept' : 'Accept' })

const plainJson = { 'content-type': 'application/json' }
