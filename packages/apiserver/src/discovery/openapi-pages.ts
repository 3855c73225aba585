import { openApiV2, openApiV3, openApiV3Index } from '@kube-bonsai/api-types/openapi'
import { type ApiRequest, type ApiResponse, newNotAcceptable } from '@kube-bonsai/apimachinery'
import type { Catalog } from '../registry/catalog.ts'
import { Query } from '../request/query.ts'
import { digest } from './digest.ts'

/** `/openapi/v2`, `/openapi/v3` and what is below it; undefined for other paths. JSON only: protobuf is refused with 406. */
export async function openApiPage(
  catalog: Catalog,
  path: string,
  request: ApiRequest,
): Promise<ApiResponse | undefined> {
  if (!path.startsWith('/openapi/')) return undefined
  if (!takesJson(request.headers?.accept ?? '*/*')) throw newNotAcceptable(['application/json'])
  const served = catalog.groups().flatMap(({ group, versions }) => versions.map((version) => ({ group, version })))
  if (path === '/openapi/v2') return { status: 200, headers: {}, body: await openApiV2(served) }
  if (path === '/openapi/v3') return { status: 200, headers: {}, body: await openApiV3Index(digest, served) }
  const match = /^\/openapi\/v3\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path)
  const [, group = '', version = ''] = match ?? []
  if (!served.some((one) => one.group === group && one.version === version)) return undefined
  const body = await openApiV3(group, version)
  const asked = new Query(request.query).text('hash')
  if (asked === '') return { status: 200, headers: {}, body }
  return { status: 200, headers: { 'cache-control': 'public, immutable' }, body }
}

function takesJson(accept: string): boolean {
  return accept.split(',').some((entry) => {
    const type = entry.split(';')[0]?.trim()
    return type === 'application/json' || type === '*/*' || type === 'application/*'
  })
}
