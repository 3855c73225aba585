import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import type { StorageClass } from '@kube-bonsai/api-types/storage/v1'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import { decide, type PodDecision, prepareSnapshot } from '../../src/index.ts'

export const hostname = 'kubernetes.io/hostname'
export const zone = 'topology.kubernetes.io/zone'

export function node(name: string, labels: Readonly<Record<string, string>> = {}, rest: Partial<Node> = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [hostname]: name, ...labels } },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
    ...rest,
  }
}

export function pod(
  name: string,
  spec: Partial<NonNullable<Pod['spec']>> = {},
  labels: Readonly<Record<string, string>> = {},
  namespace = 'default',
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: { containers: [{ name: 'main', image: 'app' }], ...spec },
  }
}

export function claimVolume(claimName: string): Volume {
  return { name: claimName, persistentVolumeClaim: { claimName } }
}

export function claim(name: string, rest: PersistentVolumeClaim['spec'] = {}, bound = false): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: 'default',
      ...(bound && { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }),
    },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } }, ...rest },
  }
}

export function volume(name: string, size: string, rest: PersistentVolume['spec'] = {}): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: size },
      storageClassName: 'local',
      csi: { driver: 'disk.example.com', volumeHandle: name },
      ...rest,
    },
    status: { phase: 'Available' },
  }
}

export function storageClass(name: string, provisioner: string, rest: Partial<StorageClass> = {}): StorageClass {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner,
    volumeBindingMode: 'WaitForFirstConsumer',
    ...rest,
  }
}

/** What becomes of the pods that have no node, by name. */
export function decisions(
  objects: readonly KubeObject[],
  rest: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, PodDecision>> {
  const all = decide(prepareSnapshot({ objects, ...rest })).decisions
  return Object.fromEntries(all.map((decision) => [decision.pod.slice(decision.pod.indexOf('/') + 1), decision]))
}

/** `plugin code reasons` of each node that was refused. */
export function refusals(decision: PodDecision | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(decision?.filterFailures ?? {}).map(([name, { plugin, code, reasons }]) => [
      name,
      `${plugin} ${code}: ${(reasons ?? []).join(', ')}`,
    ]),
  )
}

/** What one plugin gave each node. */
export function scoresOf(decision: PodDecision | undefined, plugin: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(decision?.pluginScores ?? {}).map(([name, scores]) => [name, scores[plugin] ?? Number.NaN]),
  )
}

/** A configuration with arguments for one plugin. */
export function withArgs(name: string, args: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { config: { profiles: [{ schedulerName: 'default-scheduler', pluginConfig: [{ name, args }] }] } }
}
