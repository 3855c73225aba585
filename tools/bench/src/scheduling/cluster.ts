import type { Namespace, Node, Pod, PodSpec } from '@kube-bonsai/api-types/core/v1'

/** Upstream's default node of scheduler_perf: 4 CPUs, 32 GiB, 110 pods; with a name, as its labels need one. */
export function perfNode(index: number, zones: readonly string[]): Node {
  const name = `scheduler-perf-${index}`
  const zone = zones[index % Math.max(1, zones.length)]
  const amounts = { cpu: '4', memory: '32Gi', pods: '110' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: name,
      labels: { 'kubernetes.io/hostname': name, ...(zone !== undefined && { 'topology.kubernetes.io/zone': zone }) },
    },
    status: { capacity: amounts, allocatable: amounts, conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

/** What sets a pod apart from the default one. */
export interface PodShape {
  readonly cpu?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly spec?: Partial<PodSpec>
}

/** Upstream's default pod of scheduler_perf: 100 millicores and 500 MiB, one container. */
export function perfPod(name: string, namespace: string, { cpu = '100m', labels, spec }: PodShape): Pod {
  const amounts = { cpu, memory: '500Mi' }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: `${namespace}/${name}`, resourceVersion: '1', ...(labels && { labels }) },
    spec: {
      schedulerName: 'default-scheduler',
      priority: 0,
      containers: [
        {
          name: 'pause',
          image: 'pause:3.10.1',
          ports: [{ containerPort: 80 }],
          resources: { limits: amounts, requests: amounts },
        },
      ],
      ...spec,
    },
  }
}

export function perfNamespace(name: string): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    status: { phase: 'Active' },
  }
}
