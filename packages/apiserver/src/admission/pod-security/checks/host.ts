import type { Container, LifecycleHandler, Probe } from '@kube-bonsai/api-types/core/v1'
import { type Check, named, plural, quoted, setters, sorted } from '../check.ts'

/** Checks of what reaches into the node. */
export const hostChecks: readonly Check[] = [
  {
    id: 'hostNamespaces',
    level: 'baseline',
    versions: [
      [
        0,
        ({ spec }) => {
          const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name] === true)
          if (shared.length === 0) return undefined
          return { reason: 'host namespaces', detail: shared.map((name) => `${name}=true`).join(', ') }
        },
      ],
    ],
  },
  {
    id: 'hostPathVolumes',
    level: 'baseline',
    versions: [
      [
        0,
        ({ spec }) => {
          const volumes = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name)
          if (volumes.length === 0) return undefined
          return { reason: 'hostPath volumes', detail: `${plural('volume', volumes.length)} ${quoted(volumes)}` }
        },
      ],
    ],
  },
  {
    id: 'hostPorts',
    level: 'baseline',
    versions: [
      [
        0,
        ({ containers }) => {
          const bad = containers.filter((container) => hostPorts(container).length > 0)
          if (bad.length === 0) return undefined
          const ports = sorted(bad.flatMap(hostPorts))
          const what = `${plural('hostPort', ports.length)} ${ports.join(', ')}`
          return { reason: 'hostPort', detail: `${named(bad)} ${uses(bad)} ${what}` }
        },
      ],
    ],
  },
  {
    id: 'hostProbesAndHostLifecycle',
    level: 'baseline',
    versions: [
      [
        34,
        ({ containers }) => {
          const bad = containers.filter((container) => asked(container).length > 0)
          if (bad.length === 0) return undefined
          const names = sorted(bad.map(({ name }) => name))
          const hosts = sorted(bad.flatMap(asked))
          const who = `${plural('container', names.length)} ${quoted(names)} ${names.length === 1 ? 'uses' : 'use'}`
          const what = `${plural('probe or lifecycle host', hosts.length)} ${quoted(hosts)}`
          return { reason: 'probe or lifecycle host', detail: `${who} ${what}` }
        },
      ],
    ],
  },
  {
    id: 'windowsHostProcess',
    level: 'baseline',
    versions: [
      [
        0,
        ({ spec, containers }) => {
          const bad = containers.filter(({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true)
          const who = setters(spec.securityContext?.windowsOptions?.hostProcess === true, bad)
          if (who.length === 0) return undefined
          const detail = `${who.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`
          return { reason: 'hostProcess', detail }
        },
      ],
    ],
  },
]

function uses(containers: readonly Container[]): string {
  return containers.length === 1 ? 'uses' : 'use'
}

function hostPorts({ ports = [] }: Container): readonly string[] {
  return ports.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []))
}

/** The hosts that probes and hooks ask, other than the pod. */
function asked({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): readonly string[] {
  const handlers: readonly (Probe | LifecycleHandler | undefined)[] = [
    livenessProbe,
    readinessProbe,
    startupProbe,
    lifecycle?.postStart,
    lifecycle?.preStop,
  ]
  return handlers.flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host].flatMap((host) => host || []))
}
