import type { JsonObject } from '@kube-bonsai/apimachinery'

/** A FlowSchema or PriorityLevelConfiguration that every cluster has: its name and spec. */
export interface FlowControlObject {
  readonly name: string
  readonly spec: JsonObject
}

/** A level that queues: shares of the server, percent to lend, queues and hand size. */
function queued(
  name: string,
  nominalConcurrencyShares: number,
  lendablePercent: number,
  queues: number,
  handSize: number,
): FlowControlObject {
  const limitResponse = { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } }
  return { name, spec: { type: 'Limited', limited: { nominalConcurrencyShares, limitResponse, lendablePercent } } }
}

/** The mandatory and the suggested levels. @see staging/src/k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap/default.go */
export const priorityLevels: readonly FlowControlObject[] = [
  { name: 'exempt', spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } } },
  {
    name: 'catch-all',
    spec: {
      type: 'Limited',
      limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' }, lendablePercent: 0 },
    },
  },
  queued('system', 30, 33, 64, 6),
  queued('node-high', 40, 25, 64, 6),
  queued('leader-election', 10, 0, 16, 4),
  queued('workload-high', 40, 50, 128, 6),
  queued('workload-low', 100, 90, 128, 6),
  queued('global-default', 20, 50, 128, 6),
]

const group = (name: string): JsonObject => ({ kind: 'Group', group: { name } })
const user = (name: string): JsonObject => ({ kind: 'User', user: { name } })
const accountsOf = (namespace: string): JsonObject => ({
  kind: 'ServiceAccount',
  serviceAccount: { namespace, name: '*' },
})
const everybody = [group('system:unauthenticated'), group('system:authenticated')]
const manager = user('system:kube-controller-manager')
const scheduler = user('system:kube-scheduler')

const everyResource = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }
const everyPath = { verbs: ['*'], nonResourceURLs: ['*'] }
const everything = { resourceRules: [everyResource], nonResourceRules: [everyPath] }
const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] }
const nodes = { apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] }
const probes = { verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }

function schema(
  name: string,
  level: string,
  matchingPrecedence: number,
  distinguishedBy: 'ByUser' | 'ByNamespace' | undefined,
  subjects: readonly JsonObject[],
  rules: JsonObject,
): FlowControlObject {
  return {
    name,
    spec: {
      priorityLevelConfiguration: { name: level },
      matchingPrecedence,
      ...(distinguishedBy && { distinguisherMethod: { type: distinguishedBy } }),
      rules: [{ subjects, ...rules }],
    },
  }
}

/** The mandatory and the suggested schemas. */
export const flowSchemas: readonly FlowControlObject[] = [
  schema('exempt', 'exempt', 1, undefined, [group('system:masters')], everything),
  schema('catch-all', 'catch-all', 10_000, 'ByUser', everybody, everything),
  schema('system-nodes', 'system', 500, 'ByUser', [group('system:nodes')], everything),
  schema('system-node-high', 'node-high', 400, 'ByUser', [group('system:nodes')], {
    resourceRules: [
      { verbs: ['*'], ...nodes },
      { verbs: ['*'], ...leases },
    ],
  }),
  schema('probes', 'exempt', 2, undefined, everybody, { nonResourceRules: [probes] }),
  schema('system-leader-election', 'leader-election', 100, 'ByUser', [manager, scheduler, accountsOf('kube-system')], {
    resourceRules: [{ verbs: ['get', 'create', 'update'], ...leases }],
  }),
  schema('kube-controller-manager', 'workload-high', 800, 'ByNamespace', [manager], everything),
  schema('kube-scheduler', 'workload-high', 800, 'ByNamespace', [scheduler], everything),
  schema('kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', [accountsOf('kube-system')], everything),
  schema('service-accounts', 'workload-low', 9000, 'ByUser', [group('system:serviceaccounts')], everything),
  schema('global-default', 'global-default', 9900, 'ByUser', everybody, everything),
]
