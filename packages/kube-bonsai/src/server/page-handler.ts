import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { findCondition } from '@kube-bonsai/apimachinery'
import type { Cluster } from '../cluster/cluster.ts'
import { kubernetesVersion } from '../version.ts'
import type { FetchHandler } from './node-http.ts'
import { page } from './page.ts'

const interval = 500
const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'",
  'x-content-type-options': 'nosniff',
}

/** The page at `/`, and what it shows as server-sent events at `/state`. Read-only; refuses hosts that are not loopback. */
export function pageHandler(cluster: Cluster): FetchHandler {
  return async (request) => {
    const host = (request.headers.get('host') ?? '').replace(/:\d+$/, '')
    if (host !== '127.0.0.1' && host !== 'localhost') return new Response('forbidden\n', { status: 403 })
    const { pathname } = new URL(request.url)
    if (pathname === '/')
      return new Response(page, { headers: { ...headers, 'content-type': 'text/html; charset=utf-8' } })
    if (pathname !== '/state') return new Response('not found\n', { status: 404 })
    return new Response(states(cluster, request.signal), {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    })
  }
}

/** The cluster's state now and whenever it has changed, at most twice a second. */
function states(cluster: Cluster, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let timer: NodeJS.Timeout | undefined
  let shown = -1
  return new ReadableStream({
    start(controller) {
      const tick = async () => {
        const { revision } = cluster.server.storage
        if (revision !== shown) {
          shown = revision
          const text = JSON.stringify(await describe(cluster))
          if (!signal.aborted) controller.enqueue(encoder.encode(`data: ${text}\n\n`))
        }
        if (!signal.aborted) timer = setTimeout(() => void tick(), interval)
      }
      signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
      void tick()
    },
    cancel: () => clearTimeout(timer),
  })
}

async function describe(cluster: Cluster) {
  const { client } = cluster
  const [nodes, pods, events, workloads] = await Promise.all([
    client.nodes().list(),
    client.pods().list(),
    client.events().list(),
    cluster.workloads(),
  ])
  const last = [...events.items]
    .sort((left, right) => Number(right.metadata.resourceVersion) - Number(left.metadata.resourceVersion))
    .slice(0, 40)
  return {
    version: kubernetesVersion,
    revision: nodes.metadata.resourceVersion,
    nodes: nodes.items.map((node) => ({
      name: node.metadata.name,
      ready: findCondition(node.status?.conditions, 'Ready')?.status === 'True',
    })),
    pods: pods.items.map((pod) => ({
      namespace: pod.metadata.namespace,
      name: pod.metadata.name,
      node: pod.spec?.nodeName,
      ...podState(pod),
    })),
    workloads: workloads.map((state) => ({ ...state, ready: `${state.ready}/${state.wanted}` })),
    events: last.map((event) => ({
      type: event.type,
      reason: event.reason,
      object: `${event.involvedObject.kind} ${event.involvedObject.namespace ?? ''}/${event.involvedObject.name}`,
      message: event.message,
    })),
  }
}

function podState(pod: Pod): { readonly status: string; readonly tone: 'good' | 'bad' | 'done' | '' } {
  const waiting = pod.status?.containerStatuses?.find((entry) => entry.state?.waiting)?.state?.waiting?.reason
  const phase = pod.status?.phase ?? 'Pending'
  const failing = phase === 'Failed' || /BackOff|Err|Invalid/.test(waiting ?? '')
  if (failing) return { status: waiting ?? phase, tone: 'bad' }
  if (phase === 'Succeeded') return { status: phase, tone: 'done' }
  const ready = findCondition(pod.status?.conditions, 'Ready')?.status === 'True'
  return { status: waiting ?? phase, tone: ready ? 'good' : '' }
}
