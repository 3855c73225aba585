import type { ApiRequest } from '@kube-bonsai/apimachinery'
import { type Page, text } from './page.ts'

const hooks = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
]
const lastHooks = ['apiservice-openapi-controller', 'apiservice-openapiv3-controller']
const named = (names: readonly string[]) => names.map((name) => `poststarthook/${name}`)
const alive = [...named(hooks), 'autoregister-completion', ...named(lastHooks)]

/** What each page checks, in its order. Nothing of it can fail here: a server that answers has started. */
const checks: ReadonlyMap<string, readonly string[]> = new Map([
  ['healthz', ['ping', 'log', 'etcd', ...alive]],
  ['livez', ['ping', 'log', 'etcd', ...alive]],
  ['readyz', ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...alive, 'shutdown']],
])

/** The paths of health checks, for the list of all paths. */
export const healthPaths: readonly string[] = [...checks].flatMap(([name, own]) => [
  `/${name}`,
  ...own.map((check) => `/${name}/${check}`),
])

/**
 * `/healthz`, `/livez`, `/readyz` and their single checks; undefined for other paths.
 * @see staging/src/k8s.io/apiserver/pkg/server/healthz/healthz.go
 */
export function healthPage(path: string, query: ApiRequest['query'] = {}): Page | undefined {
  const [, name = '', ...rest] = path.split('/')
  const own = checks.get(name)
  if (own === undefined) return undefined
  if (rest.length > 0) return own.includes(rest.join('/')) ? text('ok') : undefined
  const body = Object.hasOwn(query, 'verbose') ? verbose(name, own, [query['exclude'] ?? []].flat()) : 'ok'
  return text(body, undefined, { 'x-content-type-options': 'nosniff' })
}

function verbose(name: string, own: readonly string[], excluded: readonly string[]): string {
  const lines = own.map((check) => `[+]${check} ${excluded.includes(check) ? 'excluded: ok' : 'ok'}\n`)
  const unknown = [...new Set(excluded)].filter((check) => !own.includes(check)).sort()
  const warning =
    unknown.length === 0
      ? ''
      : `warn: some health checks cannot be excluded: no matches for ${unknown.map((check) => JSON.stringify(check)).join(',')}\n`
  return `${lines.join('')}${warning}${name} check passed\n`
}
