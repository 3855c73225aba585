import type { JsonObject, KubeObject, ManagedFieldsEntry, ObjectMeta } from '@kube-bonsai/apimachinery'
import { formatTime, instantOfMillis } from '@kube-bonsai/apimachinery'
import type { Random } from '@kube-bonsai/clock'
import type { ServerContext } from '../context.ts'
import { deepFreeze } from '../registry/objects.ts'
import { extensionServices, ownApiServices } from './api-services.ts'
import { flowSchemas, priorityLevels } from './flow-control.ts'

/** An object of the server's own, without what it gets when it is made. */
interface OwnObject {
  readonly group: string
  readonly resource: string
  readonly kind: string
  readonly metadata: ObjectMeta & { readonly name: string }
  readonly content: JsonObject
  readonly managers: readonly Pick<ManagedFieldsEntry, 'manager' | 'operation' | 'fieldsV1' | 'subresource'>[]
}

/** The name of the lease of a server on the host `bonsai`. @see cmd/kube-apiserver/app/server.go */
const identity = 'apiserver-pxlrekwzx4sa6bh57gekbx2keu'

/**
 * Makes what a server makes of itself beside roles: flow control, APIServices, its lease, and since when it tracks tokens.
 * What is there stays. All of it is known to be sound and nobody may have a say in it, so it goes straight to the store.
 */
export async function writeOwnObjects(server: ServerContext, random: Random): Promise<void> {
  const now = formatTime(instantOfMillis(server.clock.now()))
  for (const made of ownObjects(server, random, now)) {
    const info = server.catalog.find(made.group, 'v1', made.resource)
    if (info === undefined) continue
    const { prefix, apiVersion } = server.catalog.stored(info)
    const { name, namespace } = made.metadata
    const key = `${prefix}${namespace === undefined ? '' : `${namespace}/`}${name}`
    const uid = random.uuid()
    const value = (revision: number) => {
      const own = { uid, resourceVersion: String(revision), creationTimestamp: now }
      const managedFields = made.managers.map((one) => ({ ...one, apiVersion, time: now, fieldsType: 'FieldsV1' }))
      return deepFreeze({
        apiVersion,
        kind: made.kind,
        metadata: { ...made.metadata, ...own, managedFields },
        ...made.content,
      } as unknown as KubeObject)
    }
    await server.storage.txn([{ key, modRevision: 0 }], [{ type: 'put', key, value }])
  }
}

function ownObjects(server: ServerContext, random: Random, now: string): readonly OwnObject[] {
  return [
    ...priorityLevels.map((level) => flowControlObject('PriorityLevelConfiguration', level, {}, [])),
    ...flowSchemas.map((schema) => {
      const { name } = schema.spec['priorityLevelConfiguration'] as { readonly name: string }
      const condition = {
        type: 'Dangling',
        status: 'False',
        lastTransitionTime: now,
        reason: 'Found',
        message: `This FlowSchema references the PriorityLevelConfiguration object named "${name}" and it exists`,
      }
      return flowControlObject('FlowSchema', schema, { conditions: [condition] }, [consumer])
    }),
    ...[...ownApiServices(server.catalog), ...extensionServices(server.extensions)].map(({ name, spec }) =>
      apiService(name, spec, now),
    ),
    lease(random, now),
    tokenTracking(now),
  ]
}

const consumer = {
  manager: 'api-priority-and-fairness-config-consumer-v1',
  operation: 'Apply' as const,
  subresource: 'status',
  fieldsV1: {
    'f:status': {
      'f:conditions': {
        'k:{"type":"Dangling"}': {
          '.': {},
          'f:lastTransitionTime': {},
          'f:message': {},
          'f:reason': {},
          'f:status': {},
          'f:type': {},
        },
      },
    },
  },
}

const flowControl = 'flowcontrol.apiserver.k8s.io'

function flowControlObject(
  kind: 'FlowSchema' | 'PriorityLevelConfiguration',
  { name, spec }: { readonly name: string; readonly spec: JsonObject },
  status: JsonObject,
  others: OwnObject['managers'],
): OwnObject {
  const annotations = { 'apf.kubernetes.io/autoupdate-spec': 'true' }
  const producer = {
    manager: 'api-priority-and-fairness-config-producer-v1',
    operation: 'Update' as const,
    fieldsV1: { 'f:metadata': { 'f:annotations': added(annotations) }, 'f:spec': addedBelow(spec) },
  }
  return {
    group: flowControl,
    resource: kind === 'FlowSchema' ? 'flowschemas' : 'prioritylevelconfigurations',
    kind,
    metadata: { name, generation: 1, annotations },
    content: { spec, status },
    managers: [...others, producer],
  }
}

function apiService(name: string, spec: JsonObject, now: string): OwnObject {
  const labels = { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' }
  const condition = {
    type: 'Available',
    status: 'True',
    lastTransitionTime: now,
    reason: 'Local',
    message: 'Local APIServices are always available',
  }
  return {
    group: 'apiregistration.k8s.io',
    resource: 'apiservices',
    kind: 'APIService',
    metadata: { name, labels },
    content: { spec, status: { conditions: [condition] } },
    managers: [byServer({ 'f:metadata': { 'f:labels': added(labels) }, 'f:spec': addedBelow(spec) })],
  }
}

function lease(random: Random, now: string): OwnObject {
  const labels = { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': 'bonsai' }
  const spec = {
    holderIdentity: `${identity}_${random.uuid()}`,
    leaseDurationSeconds: 3600,
    renewTime: now.replace('Z', '.000000Z'),
  }
  return {
    group: 'coordination.k8s.io',
    resource: 'leases',
    kind: 'Lease',
    metadata: { name: identity, namespace: 'kube-system', labels },
    content: { spec },
    managers: [byServer({ 'f:metadata': { 'f:labels': added(labels) }, 'f:spec': addedBelow(spec) })],
  }
}

/** @see pkg/controlplane/controller/legacytokentracking */
function tokenTracking(now: string): OwnObject {
  const data = { since: now.slice(0, 10) }
  return {
    group: '',
    resource: 'configmaps',
    kind: 'ConfigMap',
    metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
    content: { data },
    managers: [byServer({ 'f:data': added(data) })],
  }
}

function byServer(fieldsV1: JsonObject): OwnObject['managers'][number] {
  return { manager: 'kube-apiserver', operation: 'Update', fieldsV1 }
}

/** The fields of something that was not there before: itself and all below it. */
function added(value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return { '.': {}, ...addedBelow(value as JsonObject) }
}

/** The fields below something that is always there, as Go's structs are that are not behind pointers. */
function addedBelow(value: JsonObject): JsonObject {
  const entries = Object.entries(value).map(([name, one]) => {
    const fields = name === 'priorityLevelConfiguration' ? addedBelow(one as JsonObject) : added(one)
    return [`f:${name}`, fields] as const
  })
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)))
}
