import type { Node, NodeStatus } from '@kube-bonsai/api-types/core/v1'
import { formatMicroTime, instantOfMillis, isAlreadyExists, isNotFound } from '@kube-bonsai/apimachinery'
import type { Client } from '@kube-bonsai/client'
import type { NodeShape } from '@kube-bonsai/kubelet-model'
import { nodeObject } from '@kube-bonsai/kubelet-model'

const leases = 'kube-node-lease'

/** The node that the API knows by a name; undefined when there is none. */
export async function knownNode(client: Client, name: string): Promise<Node | undefined> {
  try {
    return await client.nodes().get(name)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** Makes a node known to the API, or takes it over, and writes its status and its lease. `now` in milliseconds since the epoch. */
export async function register(
  client: Client,
  shape: NodeShape,
  podCIDR: string,
  now: number,
  statusOf: (known: NodeStatus | undefined) => NodeStatus,
): Promise<void> {
  const nodes = client.nodes()
  const known = await knownNode(client, shape.name)
  const node = known ?? (await nodes.create(nodeObject(shape, podCIDR), { fieldManager: 'kubelet' }))
  const status = statusOf(node.status)
  await nodes.patch(shape.name, 'merge', { status }, { subresource: 'status', fieldManager: 'kubelet' })
  const { name = '', uid = '' } = node.metadata
  const renewTime = microTime(now)
  try {
    await client.leases(leases).create({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
      spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime },
    })
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    await renewLease(client, name, now)
  }
}

/** Says that a node is alive. */
export async function renewLease(client: Client, name: string, now: number): Promise<void> {
  await client.leases(leases).patch(name, 'merge', { spec: { renewTime: microTime(now) } })
}

function microTime(milliseconds: number): string {
  return formatMicroTime(instantOfMillis(milliseconds))
}
