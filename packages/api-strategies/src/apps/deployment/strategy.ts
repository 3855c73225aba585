import { type Fields, fieldsOf, isAbsent, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { changedTemplateWarnings, newTemplateWarnings, withGatedTemplate } from '../../workloads/templates.ts'
import {
  collisionErrors,
  deploymentErrors,
  type ReplicaCounts,
  replicaStatusErrors,
  selectorChangeErrors,
} from './validation.ts'

const counts: ReplicaCounts = {
  counts: [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'terminatingReplicas',
    'collisionCount',
  ],
  within: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
  ready: 'readyReplicas',
}

/** Without the count of terminating pods while its gate is off, unless it stands there already. */
export function withoutTerminating(object: Fields, old: Fields, { gates }: StrategyContext): Fields {
  const name = 'terminatingReplicas'
  const keeps = gates.enabled('DeploymentReplicaSetTerminatingReplicas') || !isAbsent(fieldsOf(old['status'])[name])
  return keeps ? object : withField(object, 'status', withField(fieldsOf(object['status']), name, undefined))
}

/** @see pkg/registry/apps/deployment/strategy.go */
export const deploymentRoom: Room = {
  group: 'apps',
  kind: 'Deployment',
  prepareForCreate: (object, context) => withGatedTemplate(object, undefined, context),
  validate: (object, context) => deploymentErrors(object, context),
  warningsOnCreate: newTemplateWarnings,
  update: {
    prepare: withGatedTemplate,
    validate: (object, old, context) => [
      ...deploymentErrors(object, context, old),
      ...selectorChangeErrors(object, old),
    ],
    warnings: changedTemplateWarnings,
  },
  status: {
    prepare: withoutTerminating,
    validate: (object, old) => [
      ...replicaStatusErrors(fieldsOf(object['status']), counts),
      ...collisionErrors(object, old),
    ],
  },
}
