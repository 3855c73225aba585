import { type KubeObject, newNotFound, type ObjectList } from '@kube-bonsai/apimachinery'
import type { Target } from '../context.ts'
import type { Query } from '../request/query.ts'
import { readSelection } from './selection.ts'

/** The store is the one component that a server knows itself; it is healthy as long as there is a server. */
const etcd: KubeObject = {
  apiVersion: 'v1',
  kind: 'ComponentStatus',
  metadata: { name: 'etcd-0' },
  conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
} as KubeObject

/** Answers a get (with a name) or a list of component statuses. Throws a 404. @see pkg/registry/core/componentstatus/rest.go */
export function componentStatuses(target: Target, query: Query, name: string): KubeObject | ObjectList<KubeObject> {
  if (name !== '') {
    if (name === etcd.metadata.name) return etcd
    throw newNotFound({ group: '', resource: 'componentstatus' }, name)
  }
  const selection = readSelection(target, query, '')
  const items = [etcd].filter((status) => selection.matches(status))
  return { apiVersion: 'v1', kind: 'ComponentStatusList', metadata: {}, items } as unknown as ObjectList<KubeObject>
}
