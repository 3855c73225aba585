import type { RequestInfo, ResourceRequest } from '../request/request-info.ts'
import type { Sample } from './text.ts'

/** What is counted of a request. */
export interface CountedRequest {
  readonly info: RequestInfo
  readonly method: string
  readonly dryRun: readonly string[]
  readonly status: number
}

const verbs: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
}

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'CONNECT', 'OPTIONS'])

/** Counts requests that came over HTTP by what they were and how they ended. */
export class RequestCounts {
  readonly #counts: Map<string, { value: number; readonly labels: Readonly<Record<string, string>> }> = new Map()
  #running = { mutating: 0, readOnly: 0 }

  /** @param request one of a resource or page that there is; paths that anybody can make up must not be counted */
  count(request: CountedRequest): void {
    const { info, method, dryRun, status } = request
    const key = info.isResource
      ? `${status} ${info.verb} ${info.group} ${info.version} ${info.resource} ${info.subresource} ${scopeOf(info)} ${dryRun.join()}`
      : `${status} ${method} ${info.path}`
    const known = this.#counts.get(key)
    if (known) known.value++
    else this.#counts.set(key, { value: 1, labels: labelsOf(request) })
  }

  /** Counts a request that is at work until the function that is returned is called. */
  begin(verb: string): () => void {
    const kind = ['get', 'list', 'watch'].includes(verb.toLowerCase()) ? 'readOnly' : 'mutating'
    this.#running[kind]++
    return () => {
      this.#running[kind]--
    }
  }

  get samples(): readonly Sample[] {
    return [...this.#counts.values()].map(({ labels, value }) => ({ labels, value }))
  }

  get running(): { readonly mutating: number; readonly readOnly: number } {
    return { ...this.#running }
  }

  /** Forgets all. */
  reset(): void {
    this.#counts.clear()
  }
}

function labelsOf({ info, method, dryRun, status }: CountedRequest): Readonly<Record<string, string>> {
  const common = { code: String(status), component: 'apiserver', dry_run: [...new Set(dryRun)].sort().join(',') }
  if (!info.isResource) {
    const verb = methods.has(method) ? method : 'other'
    const path = info.path.replace(/^\/(?=apis?$)/, '')
    return { ...common, group: '', version: '', resource: '', scope: '', subresource: path, verb }
  }
  const { group, version, resource, subresource } = info
  const verb = verbs[info.verb] ?? 'other'
  return { ...common, group, version, resource, scope: scopeOf(info), subresource, verb }
}

/** @see staging/src/k8s.io/apiserver/pkg/endpoints/metrics/metrics.go CleanScope */
function scopeOf({ name, verb, namespace }: ResourceRequest): string {
  if (name !== '' || verb === 'create') return 'resource'
  return namespace === '' ? 'cluster' : 'namespace'
}
