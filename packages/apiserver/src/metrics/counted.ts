import type { ApiRequest, ApiResponse } from '@kube-bonsai/apimachinery'
import type { ServerContext } from '../context.ts'
import { Query } from '../request/query.ts'
import { refusal } from '../request/refusal.ts'
import type { RequestInfo } from '../request/request-info.ts'
import type { RequestCounts } from './request-counts.ts'

/** Answers a request and counts it, unless it asked for something that there is not: of such there are too many. */
export async function counted(
  counts: RequestCounts,
  { catalog, customResources }: Pick<ServerContext, 'catalog' | 'customResources'>,
  request: ApiRequest,
  info: RequestInfo,
  answer: () => Promise<ApiResponse>,
): Promise<ApiResponse> {
  const end = counts.begin(info.isResource ? info.verb : request.method)
  const response = await answer().catch(refusal)
  end()
  const isKnown = info.isResource
    ? catalog.find(info.group, info.version, info.resource) !== undefined ||
      customResources.find(info.group, info.version, info.resource) !== undefined
    : response.status < 400
  if (isKnown) {
    const dryRun = request.query === undefined ? [] : new Query(request.query).all('dryRun')
    counts.count({ info, method: request.method, dryRun, status: response.status })
  }
  return response
}
