import { isKind } from '@kube-bonsai/api-types'
import type { Namespace, Node, Pod } from '@kube-bonsai/api-types/core/v1'
import type { ResourceClaimTemplate } from '@kube-bonsai/api-types/resource/v1'
import type { PriorityClass } from '@kube-bonsai/api-types/scheduling/v1'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import { checkNode, checkPlacement, checkPod } from './checks.ts'
import { withClaims } from './claims.ts'
import { decideGates } from './gates.ts'
import { withLabelKeys } from './label-keys.ts'
import { completeOptions } from './options.ts'
import { withPriority } from './priorities.ts'
import type { PreparedSnapshot, SnapshotInput } from './snapshot.ts'
import { SnapshotError } from './snapshot-error.ts'

/** The kinds that a snapshot may hold, with the version in which each is read, and whether they live in namespaces. */
export const snapshotKinds: ReadonlyMap<string, { readonly apiVersion: string; readonly namespaced: boolean }> =
  new Map(
    Object.entries({
      v1: [
        'Node',
        'PersistentVolume',
        'Namespace',
        '+Pod',
        '+Service',
        '+ReplicationController',
        '+PersistentVolumeClaim',
      ],
      'apps/v1': ['+ReplicaSet', '+StatefulSet'],
      'storage.k8s.io/v1': ['StorageClass', 'CSINode', 'CSIDriver', 'VolumeAttachment', '+CSIStorageCapacity'],
      'policy/v1': ['+PodDisruptionBudget'],
      'scheduling.k8s.io/v1': ['PriorityClass'],
      'scheduling.k8s.io/v1alpha1': ['+Workload'],
      'resource.k8s.io/v1': ['ResourceSlice', 'DeviceClass', '+ResourceClaim', '+ResourceClaimTemplate'],
      'resource.k8s.io/v1alpha3': ['DeviceTaintRule'],
    }).flatMap(([apiVersion, kinds]) =>
      kinds.map((kind) => [kind.replace('+', ''), { apiVersion, namespaced: kind.startsWith('+') }] as const),
    ),
  )

/**
 * Fills in what an API server or a controller would: priorities, label keys in selectors, namespaces and their labels, claims of
 * templates, uids. Nothing is checked as the API would, but what cannot be decided about is refused.
 * @throws SnapshotError
 */
export function prepareSnapshot(input: SnapshotInput): PreparedSnapshot {
  const gates = decideGates(input.featureGates)
  const options = completeOptions(input.options)
  const seen = new Set<string>()
  const nodes: Node[] = []
  const given: Pod[] = []
  const objects: KubeObject[] = []
  const added: string[] = []
  const classes: PriorityClass[] = []
  const templates = new Map<string, ResourceClaimTemplate>()
  const namespaces = new Set<string>()
  for (const entry of input.objects) {
    const object = identified(entry, seen)
    const { name = '', namespace = '' } = object.metadata
    if (isKind(object, 'v1', 'Node')) nodes.push(object)
    else if (isKind(object, 'v1', 'Pod')) given.push(object)
    else if (isKind(object, 'resource.k8s.io/v1', 'ResourceClaimTemplate'))
      templates.set(`${namespace}/${name}`, object)
    else if (isKind(object, 'v1', 'Namespace')) {
      namespaces.add(name)
      objects.push(withNameLabel(object))
    } else {
      if (isKind(object, 'scheduling.k8s.io/v1', 'PriorityClass')) classes.push(object)
      objects.push(object)
    }
  }
  const names = new Set(nodes.map((node) => node.metadata.name ?? ''))
  nodes.forEach(checkNode)
  const pods: Pod[] = []
  for (const entry of given) {
    checkPlacement(entry, names)
    checkPod(entry)
    const { namespace = '' } = entry.metadata
    if (!namespaces.has(namespace)) {
      namespaces.add(namespace)
      objects.push(newNamespace(namespace))
      added.push(`added Namespace ${namespace}`)
    }
    const { pod, claims } = withClaims(withLabelKeys(withPriority(entry, classes), gates), templates)
    pods.push(pod)
    for (const claim of claims) {
      objects.push(claim)
      added.push(`added ResourceClaim ${claim.metadata.namespace}/${claim.metadata.name}`)
    }
  }
  return { config: input.config, featureGates: input.featureGates ?? {}, gates, options, nodes, pods, objects, added }
}

function identified(object: KubeObject, seen: Set<string>): KubeObject {
  const { kind, metadata } = object
  const info = snapshotKinds.get(kind)
  if (info === undefined || info.apiVersion !== object.apiVersion)
    throw new SnapshotError(`kind ${kind} (${object.apiVersion}) is not one that a snapshot may hold`)
  const name = metadata.name ?? ''
  if (name === '') throw new SnapshotError(`a ${kind} has no metadata.name`, { field: 'metadata.name' })
  if (!info.namespaced && metadata.namespace) {
    throw new SnapshotError(`${kind} ${JSON.stringify(name)}: is cluster scoped and must have no namespace`, {
      object: `${kind} ${name}`,
      field: 'metadata.namespace',
    })
  }
  const namespace = info.namespaced ? metadata.namespace || 'default' : ''
  const key = `${kind}/${namespace}/${name}`
  const shown = key.replace('//', '/')
  if (seen.has(key)) throw new SnapshotError(`${shown} appears twice`, { object: shown.replace('/', ' ') })
  seen.add(key)
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(info.namespaced && { namespace }),
      uid: metadata.uid || `uid:${key}`,
      resourceVersion: '1',
    },
  }
}

function withNameLabel(namespace: Namespace): Namespace {
  const { metadata } = namespace
  const labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name ?? '' }
  return { ...namespace, metadata: { ...metadata, labels } }
}

function newNamespace(name: string): Namespace {
  return withNameLabel({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, uid: `uid:Namespace//${name}`, resourceVersion: '1' },
    status: { phase: 'Active' },
  })
}
