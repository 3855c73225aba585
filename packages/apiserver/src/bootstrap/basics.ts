import { type ApiResponse, type KubeObject, StatusError, type Transport } from '@kube-bonsai/apimachinery'

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

const priorityClasses = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
]

/** Makes what a new server makes by itself: system namespaces, priority classes and the service `kubernetes`. What is there stays. */
export async function bootstrap(transport: Transport, serviceAddress: string): Promise<void> {
  for (const name of namespaces)
    await create(transport, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  for (const { name, value, description } of priorityClasses) {
    const object = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, description }
    await create(transport, '/apis/scheduling.k8s.io/v1/priorityclasses', object)
  }
  await create(transport, '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      clusterIP: serviceAddress,
      clusterIPs: [serviceAddress],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
    },
  } as KubeObject)
}

const headers = { 'user-agent': 'kube-apiserver' }

async function create(transport: Transport, path: string, body: KubeObject): Promise<void> {
  const response: ApiResponse = await transport.request({ method: 'POST', path, headers, body })
  if (response.status === 409 || response.status < 300) return
  // One that is there already may hold what only one can have, such as its address.
  const found = await transport.request({ method: 'GET', path: `${path}/${body.metadata.name}`, headers })
  if (found.status === 200) return
  throw StatusError.from(response.body)
}
