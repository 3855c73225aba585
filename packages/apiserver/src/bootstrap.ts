import type { KubeObject, Unstructured } from '@kube-bonsai/apimachinery'
import { isAlreadyExists } from '@kube-bonsai/apimachinery'
import type { RequestContext, ServerContext, Target } from './context.ts'
import { createObject } from './registry/create.ts'

const namespaces = ['kube-system', 'kube-public', 'kube-node-lease', 'default']

/** What a new cluster has before anybody has written to it. @see pkg/controlplane/instance.go */
function objectsOf(address: string): readonly Unstructured[] {
  const priorityClass = (name: string, value: number, description: string): Unstructured => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    description,
  })
  return [
    ...namespaces.map((name): Unstructured => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    priorityClass('system-node-critical', 2_000_001_000, 'For pods that keep a node working: they are never moved away from it.'),
    priorityClass('system-cluster-critical', 2_000_000_000, 'For pods that keep the cluster working: they may move to another node.'),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: {
        type: 'ClusterIP',
        clusterIP: address,
        clusterIPs: [address],
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        sessionAffinity: 'None',
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
      },
    },
  ]
}

/** Creates what is missing of them; what is there already stays. */
export async function bootstrapObjects(server: ServerContext, address: string, begin: () => RequestContext, load: (target: Target) => Promise<void>): Promise<void> {
  for (const object of objectsOf(address)) {
    const target = targetOf(server, object)
    if (target === undefined) continue
    await load(target)
    try {
      await createObject(begin(), target, object, { namespace: object.metadata.namespace ?? '', dryRun: false })
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
    }
  }
}

function targetOf(server: ServerContext, object: KubeObject): Target | undefined {
  const info = server.catalog.served.find((one) => {
    const apiVersion = one.group === '' ? one.version : `${one.group}/${one.version}`
    return one.kind === object.kind && apiVersion === object.apiVersion
  })
  return info && { info, stored: server.catalog.stored(info), strategy: server.strategyFor(info) }
}
