import { type ApiRequest, type ApiResponse, StatusError } from '@kube-bonsai/apimachinery'
import { confirmUnsafeDeletion } from '../authorization/further-verbs.ts'
import { groupResource, type RequestContext, type Target } from '../context.ts'
import { type DeleteOptions, deleteObject } from '../registry/delete.ts'
import { listObjects } from '../registry/list.ts'
import { readSelection } from '../registry/selection.ts'
import type { Query } from '../request/query.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import { readDeleteOptions, refuseUnsafe } from './delete-options.ts'

/** A request, with what it is about. */
export interface RequestParts {
  readonly context: RequestContext
  readonly target: Target
  readonly info: ResourceRequest
  readonly request: ApiRequest
  readonly query: Query
}

/** Deletes the object that a request names. */
export async function deleteOne({ context, target, info, request, query }: RequestParts): Promise<ApiResponse> {
  const { namespace, name } = info
  const options = readDeleteOptions(request, query, context.server.gates)
  warnOfOrphans(context, target, options)
  if (options.ignoreStoreReadErrorWithClusterBreakingPotential) await confirmUnsafeDeletion(context, info)
  refuseUnsafe(options, groupResource(target), name)
  const { body, gone } = await deleteObject(context, target, namespace, name, options)
  return { ...ok(body), status: !gone && options.orphanDependents === false ? 202 : 200 }
}

/** Only jobs leave what they made behind unless they are told otherwise. */
function warnOfOrphans(
  context: RequestContext,
  target: Target,
  { propagationPolicy, orphanDependents }: DeleteOptions,
): void {
  const { kind, group } = target.info
  if (kind !== 'Job' || group !== 'batch' || propagationPolicy !== undefined || orphanDependents !== undefined) return
  if (target.strategy.defaultGarbageCollection !== 'orphan') return
  context.warn(
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  )
}

/** Deletes what a request selects of a collection. */
export async function deleteCollection({ context, target, info, request, query }: RequestParts): Promise<ApiResponse> {
  const { namespace } = info
  const selection = readSelection(target, query, '')
  const options = readDeleteOptions(request, query, context.server.gates)
  warnOfOrphans(context, target, options)
  const list = await listObjects(context, target, namespace, query, selection)
  for (const item of list.items) {
    const { name = '', namespace: own = '' } = item.metadata
    try {
      await deleteObject(context, target, own, name, { ...options, ofCollection: true })
    } catch (error) {
      if (!(error instanceof StatusError) || error.status.reason !== 'NotFound') throw error
    }
  }
  return ok(list)
}

function ok(body: unknown): ApiResponse {
  return { status: 200, headers: {}, body }
}
