import type { Node, NodeStatus, Taint } from '@kube-bonsai/api-types/core/v1'
import { discoverFeatures } from '@kube-bonsai/component-helpers'
import { Quantity } from '@kube-bonsai/quantity'
import type { Amounts } from '../allocation/pod-amounts.ts'
import { defaultKernel, type Host, runtimeOf } from './host.ts'
import { nodeConditions } from './node-conditions.ts'
import type { NodeSetup } from './node-setup.ts'

/** What a node is like. Amounts are quantities. */
export interface NodeShape {
  readonly name: string
  /** 4 cores by default. */
  readonly cpu?: string
  /** 16Gi by default. */
  readonly memory?: string
  /** 100Gi by default. */
  readonly ephemeralStorage?: string
  /** 110 by default. */
  readonly pods?: number
  /** Extended resources by name. */
  readonly extended?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  readonly taints?: readonly Taint[]
  /** The machine, its runtime and how its kubelet is started. */
  readonly host?: Host
}

const defaultCpu = '4'
const defaultMemory = '16Gi'

/** The cpu and memory that pods may be promised on a node of this shape. Throws QuantityParseError. */
export function allocatableOf({ cpu = defaultCpu, memory = defaultMemory }: NodeShape): Amounts {
  return { cpu: Quantity.parse(cpu).milliValue(), memory: Quantity.parse(memory).value() }
}

/** How a node registers itself: the object that its kubelet creates. */
export function nodeObject(shape: NodeShape, podCIDR: string): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: shape.name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': shape.name,
        'kubernetes.io/os': 'linux',
        ...shape.labels,
      },
    },
    spec: { podCIDR, podCIDRs: [podCIDR], ...(shape.taints && { taints: shape.taints }) },
  }
}

/** What a kubelet knows of its node beside the shape. */
export interface NodeReport {
  readonly setup?: NodeSetup
  readonly images?: readonly { readonly name: string; readonly sizeBytes: number }[]
  readonly pressure?: Pressures
  /** Why the node is not ready; ready when absent. */
  readonly notReady?: string
}

/** What a node runs short of. */
export interface Pressures {
  readonly memory: boolean
  readonly disk: boolean
  readonly pid: boolean
}

/**
 * The status that a kubelet reports; `now` in milliseconds since the epoch. Without a report it is that of a healthy node
 * that gives away all that it has.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/nodestatus/setters.go
 */
export function nodeStatus(
  shape: NodeShape,
  hostIP: string,
  now: number,
  known?: NodeStatus,
  report: NodeReport = {},
): NodeStatus {
  const { setup } = report
  const all = {
    cpu: shape.cpu ?? defaultCpu,
    'ephemeral-storage': shape.ephemeralStorage ?? '100Gi',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: shape.memory ?? defaultMemory,
    pods: String(shape.pods ?? 110),
    ...shape.extended,
  }
  const own = setup ? listed(setup.capacity) : all
  // Extended resources that somebody else has advertised on the node stay.
  const others = Object.entries(known?.capacity ?? {}).filter(([name]) => !Object.hasOwn(own, name))
  const added = Object.fromEntries(others)
  return {
    ...known,
    capacity: { ...added, ...own },
    allocatable: { ...added, ...(setup ? listed(setup.allocatable) : all) },
    conditions: nodeConditions(now, known, report),
    addresses: [
      { type: 'InternalIP', address: hostIP },
      { type: 'Hostname', address: shape.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: nodeInfo(shape, setup),
    ...(setup && runtimeStatus(setup)),
    ...imageStatus(report),
  }
}

const listed = (amounts: ReadonlyMap<string, Quantity>): Readonly<Record<string, string>> =>
  Object.fromEntries([...amounts].map(([name, amount]) => [name, amount.toString()]))

function nodeInfo({ name, host = {} }: NodeShape, setup: NodeSetup | undefined): NonNullable<NodeStatus['nodeInfo']> {
  const { name: runtime, version } = setup?.runtime ?? runtimeOf(host)
  return {
    machineID: name,
    systemUUID: name,
    bootID: name,
    kernelVersion: host.kernelVersion ?? defaultKernel,
    osImage: host.osImage ?? 'Bonsai (simulated)',
    containerRuntimeVersion: `${runtime}://${version}`,
    kubeletVersion: host.kubeletVersion ?? 'v1.35.4',
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
    ...(host.swapBytes && { swap: { capacity: host.swapBytes } }),
  }
}

/** What the runtime can do; nothing of that shows where it does not tell. */
function runtimeStatus({ runtime, gates, configuration }: NodeSetup): Partial<NodeStatus> {
  const { handlers, supplementalGroupsPolicy } = runtime
  const declared = gates.enabled('NodeDeclaredFeatures')
    ? discoverFeatures({ gates, cpuManagerPolicy: String(configuration['cpuManagerPolicy']) })
    : []
  return {
    ...(handlers.length > 0 && {
      features: { supplementalGroupsPolicy },
      runtimeHandlers: handlers.map(({ name, userNamespaces = false, recursiveReadOnlyMounts = false }) => ({
        name,
        features: { recursiveReadOnlyMounts, userNamespaces },
      })),
    }),
    ...(declared.length > 0 && { declaredFeatures: [...declared] }),
  }
}

/** The largest images first, as many as the configuration allows. */
function imageStatus({ images, setup }: NodeReport): Partial<NodeStatus> {
  if (images === undefined || images.length === 0) return {}
  const most = Number(setup?.configuration['nodeStatusMaxImages'] ?? 50)
  const sorted = [...images].sort(
    (left, right) => right.sizeBytes - left.sizeBytes || (left.name < right.name ? -1 : 1),
  )
  const shown = most < 0 ? sorted : sorted.slice(0, most)
  return { images: shown.map(({ name, sizeBytes }) => ({ names: [name], sizeBytes })) }
}
