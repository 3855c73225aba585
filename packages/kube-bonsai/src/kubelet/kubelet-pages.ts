import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { formatTime, instantOfMillis, type PortRequest, type PortResponse } from '@kube-bonsai/apimachinery'
import type { Clock } from '@kube-bonsai/clock'
import { type ContainerUsage, runtimeUid } from '@kube-bonsai/kubelet-model'
import type { SimulatedNode } from './simulated-node.ts'

const json = { 'content-type': 'application/json' }
const text = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }

/**
 * The pages of a kubelet's own server, as `kubectl get --raw /api/v1/nodes/NAME/proxy/metrics` reads them; 404 for what is not
 * modelled. The node must be within reach.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/server/server.go
 */
export function kubeletPage(
  node: SimulatedNode,
  pods: readonly Pod[],
  { path, method }: PortRequest,
  clock: Clock,
): PortResponse {
  const { kubelet } = node
  const page = path.replace(/\?.*$/s, '').replace(/\/+$/, '')
  const found = Object.hasOwn(pages, page) ? pages[page] : undefined
  if (kubelet === undefined || found === undefined) return { status: 404, headers: text, body: '404 page not found\n' }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: text, body: 'Method Not Allowed\n' }
  const source = { node, kubelet, pods, time: formatTime(instantOfMillis(clock.now())) }
  const body = found(source)
  return typeof body === 'string'
    ? { status: 200, headers: text, body }
    : { status: 200, headers: json, body: `${JSON.stringify(body)}\n` }
}

interface Source {
  readonly node: SimulatedNode
  readonly kubelet: NonNullable<SimulatedNode['kubelet']>
  readonly pods: readonly Pod[]
  readonly time: string
}

const pages: Readonly<Record<string, (source: Source) => string | object>> = {
  '/healthz': () => 'ok',
  '/metrics': ({ kubelet }) => kubelet.metrics.text(),
  '/configz': ({ kubelet }) => ({ kubeletconfig: kubelet.configuration }),
  '/pods': ({ pods }) => ({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods }),
  '/stats/summary': summary,
}

/** What the node and its pods use, as programs report it. @see staging/src/k8s.io/kubelet/pkg/apis/stats/v1alpha1/types.go */
function summary({ node, kubelet, pods, time }: Source): object {
  const used = totalOf(node.usage())
  const system = node.setup?.host.systemMemory ?? 0
  const capacity = Number(node.setup?.capacity.get('memory')?.value() ?? 0n)
  const startTime = formatTime(instantOfMillis(kubelet.startedAt))
  const cpu = (amount: number) => ({ time, usageNanoCores: Math.round(amount * 1e9) })
  const memory = (bytes: number) => ({ time, usageBytes: Math.round(bytes), workingSetBytes: Math.round(bytes) })
  const all = used.memory + system
  return {
    node: {
      nodeName: node.name,
      startTime,
      cpu: cpu(used.cpu),
      memory: { ...memory(all), availableBytes: Math.max(0, capacity - Math.round(all)) },
    },
    pods: pods.flatMap((pod) => {
      const { metadata, status } = pod
      const { name, namespace } = metadata
      const uid = runtimeUid(pod)
      const containers = node.usage(uid)
      if (containers.length === 0) return []
      const total = totalOf(containers)
      return [
        {
          podRef: { name, namespace, uid },
          startTime: status?.startTime,
          containers: containers.map((one) => ({
            name: one.name,
            startTime: status?.startTime,
            cpu: cpu(one.cpu),
            memory: memory(one.memory),
          })),
          cpu: cpu(total.cpu),
          memory: memory(total.memory),
        },
      ]
    }),
  }
}

/** The sum of what containers use. */
export function totalOf(usage: readonly ContainerUsage[]): { readonly cpu: number; readonly memory: number } {
  return usage.reduce((sum, { cpu, memory }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory }), {
    cpu: 0,
    memory: 0,
  })
}
