import type { ResourceInfo } from '@kube-bonsai/api-types'
import type { Pod } from '@kube-bonsai/api-types/core/v1'
import {
  type ApiRequest,
  type ApiResponse,
  formatTime,
  instantOfMillis,
  newBadRequest,
  newMethodNotSupported,
  newNotFound,
  parseSelector,
} from '@kube-bonsai/apimachinery'
import type { ApiExtension, ResourceRequest } from '@kube-bonsai/apiserver'
import type { Clock } from '@kube-bonsai/clock'
import { runtimeUid } from '@kube-bonsai/kubelet-model'
import { totalOf } from './kubelet-pages.ts'
import type { NodeFleet } from './node-fleet.ts'

const group = 'metrics.k8s.io'
const version = 'v1beta1'
const apiVersion = `${group}/${version}`

/**
 * The API that `kubectl top` reads: what programs report that they use, without metrics-server's delay. Nodes that are not within
 * reach have no metrics, and what reports nothing uses nothing.
 * @see https://github.com/kubernetes/metrics/blob/v0.35.4/pkg/apis/metrics/v1beta1/types.go
 */
export function metricsApi(fleet: () => NodeFleet, clock: Clock): ApiExtension {
  return {
    group,
    version,
    resources: [resourceInfo('nodes', 'NodeMetrics', false), resourceInfo('pods', 'PodMetrics', true)],
    answer: async (info, request) => {
      const { resource, verb, name, namespace } = info
      if (resource !== 'nodes' && resource !== 'pods') throw newNotFound({ group, resource }, name)
      if (verb !== 'get' && verb !== 'list') throw newMethodNotSupported({ group, resource }, verb)
      const now = formatTime(instantOfMillis(clock.now()))
      const all = resource === 'nodes' ? nodeMetrics(fleet(), now) : podMetrics(fleet(), now)
      const shown = all.filter(({ metadata }) => namespace === '' || metadata.namespace === namespace)
      if (verb === 'get') return one(info, shown)
      return list(resource === 'nodes' ? 'NodeMetricsList' : 'PodMetricsList', shown, request)
    },
  }
}

interface Metrics {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
}

function one({ resource, name, namespace }: ResourceRequest, all: readonly Metrics[]): ApiResponse {
  const found = all.find(({ metadata }) => metadata.name === name)
  const full = resource === 'pods' ? `${namespace}/${name}` : name
  if (found === undefined) throw newNotFound({ group, resource: `${resource.slice(0, -1)}metrics` }, full)
  return { status: 200, headers: {}, body: found }
}

function list(kind: string, all: readonly Metrics[], { query = {} }: ApiRequest): ApiResponse {
  const text = [query['labelSelector'] ?? ''].flat()[0] ?? ''
  const selector = selectorOf(text)
  const items = text === '' ? all : all.filter(({ metadata }) => selector.matches(metadata.labels ?? {}))
  return { status: 200, headers: {}, body: { kind, apiVersion, metadata: {}, items } }
}

function selectorOf(text: string) {
  try {
    return parseSelector(text)
  } catch (error) {
    throw newBadRequest(error instanceof Error ? error.message : String(error))
  }
}

function nodeMetrics(fleet: NodeFleet, now: string): readonly Metrics[] {
  return [...fleet].flatMap((node) => {
    if (node.state !== 'running') return []
    const used = totalOf(node.usage())
    const labels = fleet.labelsOf(node.name)
    return [
      {
        kind: 'NodeMetrics',
        apiVersion,
        metadata: { name: node.name, creationTimestamp: now, ...(labels && { labels }) },
        timestamp: now,
        window: '10s',
        usage: amounts({ ...used, memory: used.memory + (node.setup?.host.systemMemory ?? 0) }),
      },
    ]
  })
}

function podMetrics(fleet: NodeFleet, now: string): readonly Metrics[] {
  return [...fleet].flatMap((node) =>
    node.state === 'running'
      ? fleet.podsOf(node.name).flatMap((pod) => metricsOf(pod, node.usage(runtimeUid(pod)), now))
      : [],
  )
}

function metricsOf(
  { metadata: { name = '', namespace = '', labels } }: Pod,
  usage: readonly { readonly name: string; readonly cpu: number; readonly memory: number }[],
  now: string,
): readonly Metrics[] {
  if (usage.length === 0) return []
  const object = {
    kind: 'PodMetrics',
    apiVersion,
    metadata: { name, namespace, creationTimestamp: now, ...(labels && { labels }) },
    timestamp: now,
    window: '10s',
    containers: usage.map((container) => ({ name: container.name, usage: amounts(container) })),
  }
  return [object]
}

/** As metrics-server writes them: nanocores and kibibytes. */
function amounts({ cpu, memory }: { readonly cpu: number; readonly memory: number }) {
  const text = (amount: number, unit: string) => (amount === 0 ? '0' : `${amount}${unit}`)
  return { cpu: text(Math.round(cpu * 1e9), 'n'), memory: text(Math.ceil(memory / 1024), 'Ki') }
}

function resourceInfo(resource: string, kind: string, namespaced: boolean): ResourceInfo {
  return {
    group,
    version,
    kind,
    resource,
    singular: '',
    namespaced,
    verbs: ['get', 'list'],
    shortNames: [],
    categories: [],
    subresources: [],
    type: `io.k8s.metrics.pkg.apis.metrics.v1beta1.${kind}`,
    servedByDefault: true,
  }
}
