import type { Node, NodeCondition, NodeStatus, Taint } from '@kube-bonsai/api-types/core/v1'
import { Quantity } from '@kube-bonsai/quantity'
import type { Amounts } from '../allocation/pod-amounts.ts'
import { apiTime } from '../time.ts'
import type { Host } from './host.ts'

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

/** The status that a healthy kubelet reports; `now` in milliseconds since the epoch. */
export function nodeStatus(shape: NodeShape, hostIP: string, now: number, known?: NodeStatus): NodeStatus {
  const amounts = {
    cpu: shape.cpu ?? defaultCpu,
    'ephemeral-storage': shape.ephemeralStorage ?? '100Gi',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: shape.memory ?? defaultMemory,
    pods: String(shape.pods ?? 110),
    ...shape.extended,
  }
  const heartbeat = apiTime(now)
  const condition = (type: string, status: string, reason: string, message: string): NodeCondition => {
    const before = known?.conditions?.find((entry) => entry.type === type)
    const lastTransitionTime =
      before?.status === status && before.lastTransitionTime ? before.lastTransitionTime : heartbeat
    return { type, status, lastHeartbeatTime: heartbeat, lastTransitionTime, reason, message }
  }
  return {
    ...known,
    capacity: amounts,
    allocatable: amounts,
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
    ],
    addresses: [
      { type: 'InternalIP', address: hostIP },
      { type: 'Hostname', address: shape.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      machineID: shape.name,
      systemUUID: shape.name,
      bootID: shape.name,
      kernelVersion: '6.12.0-bonsai',
      osImage: 'Bonsai (simulated)',
      containerRuntimeVersion: 'containerd://2.2.0',
      kubeletVersion: 'v1.35.4',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  }
}
