import type { ApiServerOptions } from '../api-server.ts'

/** The options of a server as the flags that upstream has for them. What has no flag there, or holds secrets, is not shown. */
export function flagsOf(options: ApiServerOptions): Readonly<Record<string, string>> {
  const { enable = [], disable = [] } = options.admissionPlugins ?? {}
  const runtimeConfig = Object.entries(options.runtimeConfig ?? {}).map(([name, value]) => `${name}=${value}`)
  return {
    'disable-admission-plugins': `[${disable.join(',')}]`,
    'enable-admission-plugins': `[${enable.join(',')}]`,
    'enable-priority-and-fairness': 'true',
    'etcd-prefix': '/registry',
    'max-mutating-requests-inflight': String(options.requestsInflight?.maxMutating ?? 200),
    'max-requests-inflight': String(options.requestsInflight?.max ?? 400),
    'runtime-config': runtimeConfig.join(','),
    'service-cluster-ip-range': options.serviceClusterIPRange ?? '10.96.0.0/12',
    'service-node-port-range': options.serviceNodePortRange ?? '30000-32767',
  }
}
