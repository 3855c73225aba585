import { fieldsOf } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import { changedTemplateWarnings, newTemplateWarnings, withGatedTemplate } from '../../workloads/templates.ts'
import { withoutTerminating } from '../deployment/strategy.ts'
import {
  type ReplicaCounts,
  replicaSetErrors,
  replicaStatusErrors,
  selectorChangeErrors,
} from '../deployment/validation.ts'

const counts: ReplicaCounts = {
  counts: [
    'replicas',
    'fullyLabeledReplicas',
    'readyReplicas',
    'availableReplicas',
    'observedGeneration',
    'terminatingReplicas',
  ],
  within: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  ready: 'readyReplicas',
}

/** @see pkg/registry/apps/replicaset/strategy.go */
export const replicaSetRoom: Room = {
  group: 'apps',
  kind: 'ReplicaSet',
  prepareForCreate: (object, context) => withGatedTemplate(object, undefined, context),
  validate: (object, context) => replicaSetErrors(object, context),
  warningsOnCreate: newTemplateWarnings,
  update: {
    prepare: withGatedTemplate,
    validate: (object, old, context) => [
      ...replicaSetErrors(object, context, old),
      ...selectorChangeErrors(object, old),
    ],
    warnings: changedTemplateWarnings,
  },
  status: {
    prepare: withoutTerminating,
    validate: (object) => replicaStatusErrors(fieldsOf(object['status']), counts),
  },
}
