import type { ConfigMap, Namespace, Node, Secret, Service } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { arbitraryMetadata, type IdentityOptions } from '../values/metadata.ts'
import { arbitraryLabels, arbitraryName } from '../values/names.ts'
import { arbitraryCpu, arbitraryMemory } from '../values/quantities.ts'

const dataKey = fc.constantFrom('config.yaml', 'a', 'KEY_1', 'x-y', 'ca.crt')
const base64 = fc.base64String({ maxLength: 24 })

/** ConfigMaps that the API accepts; a key is in `data` or in `binaryData`, never in both. */
export function arbitraryConfigMap(options: IdentityOptions = {}): fc.Arbitrary<ConfigMap> {
  const binaryKey = dataKey.map((key) => `${key}.bin`)
  const data = fc.record(
    {
      data: fc.dictionary(dataKey, fc.string({ maxLength: 30 }), { maxKeys: 3, noNullPrototype: true }),
      binaryData: fc.dictionary(binaryKey, base64, { maxKeys: 2, noNullPrototype: true }),
      immutable: fc.boolean(),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  return fc
    .tuple(arbitraryMetadata(true, options), data)
    .map(([metadata, rest]) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, ...rest }))
}

/** Opaque secrets that the API accepts. */
export function arbitrarySecret(options: IdentityOptions = {}): fc.Arbitrary<Secret> {
  const data = fc.record(
    {
      type: fc.constant('Opaque'),
      data: fc.dictionary(dataKey, base64, { maxKeys: 3, noNullPrototype: true }),
      stringData: fc.dictionary(dataKey, fc.string({ maxLength: 20 }), { maxKeys: 2, noNullPrototype: true }),
      immutable: fc.boolean(),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  return fc
    .tuple(arbitraryMetadata(true, options), data)
    .map(([metadata, rest]) => ({ apiVersion: 'v1', kind: 'Secret', metadata, ...rest }))
}

/** Namespaces that the API accepts. */
export function arbitraryNamespace(options: Pick<IdentityOptions, 'name'> = {}): fc.Arbitrary<Namespace> {
  return arbitraryMetadata(false, options).map((metadata) => ({ apiVersion: 'v1', kind: 'Namespace', metadata }))
}

/** Nodes that the API accepts, with the status that makes them schedulable or not. */
export function arbitraryNode(options: Pick<IdentityOptions, 'name'> = {}): fc.Arbitrary<Node> {
  const effect = fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute')
  const taints = fc.uniqueArray(
    fc.record({ key: fc.constantFrom('gpu', 'example.com/x'), effect }, { noNullPrototype: true }),
    {
      maxLength: 2,
      selector: ({ key, effect: what }) => `${key}:${what}`,
    },
  )
  const room = fc.record(
    { cpu: arbitraryCpu, memory: arbitraryMemory, pods: fc.integer({ min: 1, max: 250 }).map(String) },
    { noNullPrototype: true },
  )
  const ready = fc.constantFrom('True', 'False', 'Unknown').map((status) => ({ type: 'Ready', status }))
  return fc
    .tuple(arbitraryMetadata(false, options), fc.boolean(), taints, room, ready)
    .map(([metadata, unschedulable, list, capacity, condition]) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata,
      spec: { ...(unschedulable ? { unschedulable } : {}), ...(list.length > 0 ? { taints: list } : {}) },
      status: { capacity, allocatable: capacity, conditions: [condition] },
    }))
}

/** Services of type ClusterIP, NodePort, LoadBalancer and headless ones that the API accepts; the server picks addresses. */
export function arbitraryService(options: IdentityOptions = {}): fc.Arbitrary<Service> {
  const port = fc.record(
    {
      name: arbitraryName(),
      port: fc.integer({ min: 1, max: 65_535 }),
      targetPort: fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.constantFrom('http', 'metrics')),
      protocol: fc.constantFrom('TCP', 'UDP'),
    },
    { requiredKeys: ['name', 'port'], noNullPrototype: true },
  )
  const ports = fc.uniqueArray(port, {
    minLength: 1,
    maxLength: 3,
    comparator: (a, b) => a.name === b.name || a.port === b.port,
  })
  const kind = fc.constantFrom<object>(
    {},
    { type: 'ClusterIP' },
    { clusterIP: 'None' },
    { type: 'NodePort' },
    { type: 'LoadBalancer', externalTrafficPolicy: 'Local' },
  )
  const more = fc.record(
    { sessionAffinity: fc.constantFrom('None', 'ClientIP') },
    { requiredKeys: [], noNullPrototype: true },
  )
  return fc
    .tuple(arbitraryMetadata(true, options), ports, arbitraryLabels(2), kind, more)
    .map(([metadata, list, selector, own, rest]) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { ...own, ...rest, selector, ports: list },
    }))
}
