import type { ClusterRole } from '@kube-bonsai/api-types/rbac/v1'
import { deepEqual } from '@kube-bonsai/apimachinery'
import { clientOf, clusterScoped, informerOf, type ResourceRef } from '../api/resources.ts'
import type { Controller, ControllerContext, RunningController } from '../controller.ts'
import { Loop } from '../shell/loop.ts'
import { gatherRules } from './gather.ts'

const name = 'clusterrole-aggregation-controller'
const clusterRoles: ResourceRef<ClusterRole> = clusterScoped(
  'rbac.authorization.k8s.io',
  'v1',
  'clusterroles',
  'ClusterRole',
)

/** Fills roles that gather the rules of others, such as `view` and `admin`. @see pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go */
export const clusterRoleAggregationController: Controller = { name, start }

function start(context: ControllerContext): RunningController {
  const informer = informerOf(context.informers, clusterRoles)
  const client = clientOf(context.client, clusterRoles)
  const loop = new Loop({ name, context, sync })

  // Who depends on whom is not known: any change may concern every role that gathers.
  const enqueue = () => {
    for (const { aggregationRule, metadata } of informer.store.list()) if (aggregationRule) loop.soon(metadata.name)
  }

  async function sync(key: string): Promise<void> {
    const role = informer.store.get(key)
    if (!role?.aggregationRule) return
    const rules = gatherRules(role, informer.store.list())
    if (deepEqual(rules, role.rules ?? [])) return
    const { apiVersion, kind } = role
    await client.apply({ apiVersion, kind, metadata: { name: key }, rules } as ClusterRole, {
      fieldManager: name,
      force: true,
    })
  }

  return loop.listen(informer, { onAdd: enqueue, onUpdate: enqueue, onDelete: enqueue }).run()
}
