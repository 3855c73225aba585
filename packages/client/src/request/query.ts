import type { DeleteOptions, ListOptions, WatchRequestOptions, WriteOptions } from '../client.ts'

/** Query parameters, as a request carries them. */
export type Query = Record<string, string>

function set(query: Query, name: string, value: string | number | boolean | undefined): void {
  if (value !== undefined) query[name] = String(value)
}

/** The query of a list, a watch or a deleteCollection. */
export function listQuery(options: ListOptions & WatchRequestOptions): Query {
  const query: Query = {}
  set(query, 'labelSelector', options.labelSelector)
  set(query, 'fieldSelector', options.fieldSelector)
  set(query, 'limit', options.limit)
  set(query, 'continue', options.continue)
  set(query, 'resourceVersion', options.resourceVersion)
  set(query, 'resourceVersionMatch', options.resourceVersionMatch)
  set(query, 'allowWatchBookmarks', options.allowWatchBookmarks)
  set(query, 'sendInitialEvents', options.sendInitialEvents)
  set(query, 'timeoutSeconds', options.timeoutSeconds)
  return query
}

/** The query of a write. */
export function writeQuery(options: WriteOptions & { readonly force?: boolean }): Query {
  const query: Query = {}
  set(query, 'fieldManager', options.fieldManager)
  set(query, 'fieldValidation', options.fieldValidation)
  if (options.dryRun === true) query.dryRun = 'All'
  set(query, 'force', options.force)
  return query
}

/** The DeleteOptions that a delete carries as its body; undefined when it has nothing to say. */
export function deleteBody(options: DeleteOptions): object | undefined {
  const { gracePeriodSeconds, propagationPolicy, preconditions, dryRun } = options
  const body = {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(preconditions === undefined ? {} : { preconditions }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(dryRun === true ? { dryRun: ['All'] } : {}),
  }
  return Object.keys(body).length === 0 ? undefined : { kind: 'DeleteOptions', apiVersion: 'v1', ...body }
}
