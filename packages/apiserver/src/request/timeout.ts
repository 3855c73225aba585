import { type ApiRequest, newBadRequest, parseDuration } from '@kube-bonsai/apimachinery'
import { Query } from './query.ts'
import type { RequestInfo } from './request-info.ts'

const longSubresources = new Set(['attach', 'exec', 'proxy', 'log', 'portforward'])

/** Whether a request may last as long as it likes. */
export function isLongRunning(info: RequestInfo): boolean {
  return info.isResource && (info.verb === 'watch' || longSubresources.has(info.subresource))
}

/**
 * Reads `timeout` of the query, which nothing here takes long enough to need. Throws a 400 for what is no duration.
 * @see staging/src/k8s.io/apiserver/pkg/endpoints/filters/request_deadline.go
 */
export function checkTimeout({ query }: Pick<ApiRequest, 'query'>, info: RequestInfo): void {
  if (query === undefined || isLongRunning(info)) return
  const timeout = new Query(query).text('timeout')
  if (timeout === '') return
  try {
    parseDuration(timeout)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw newBadRequest(`invalid timeout specified in the request URL - ${why}`)
  }
}
