import { fieldsOf } from '../meta/json.ts'
import type { Room } from '../room.ts'
import { daemonSetErrors } from './daemon-set/validation.ts'
import {
  deploymentErrors,
  replicaSetErrors,
  replicaStatusErrors,
  selectorChangeErrors,
} from './deployment/validation.ts'
import { statefulSetErrors, statefulSetUpdateErrors } from './stateful-set/validation.ts'

/** @see pkg/registry/apps/deployment/strategy.go */
export const deploymentRoom: Room = {
  group: 'apps',
  kind: 'Deployment',
  validate: deploymentErrors,
  update: {
    validate: (object, old, context) => [...deploymentErrors(object, context), ...selectorChangeErrors(object, old)],
  },
  status: {
    validate: (object) =>
      replicaStatusErrors(fieldsOf(object['status']), ['unavailableReplicas', 'terminatingReplicas', 'collisionCount']),
  },
}

/** @see pkg/registry/apps/replicaset/strategy.go */
export const replicaSetRoom: Room = {
  group: 'apps',
  kind: 'ReplicaSet',
  validate: replicaSetErrors,
  update: {
    validate: (object, old, context) => [...replicaSetErrors(object, context), ...selectorChangeErrors(object, old)],
  },
  status: {
    validate: (object) =>
      replicaStatusErrors(fieldsOf(object['status']), ['fullyLabeledReplicas', 'terminatingReplicas']),
  },
  selectableFields: (object) => ({ 'status.replicas': String(fieldsOf(object['status'])['replicas'] ?? 0) }),
}

/** @see pkg/registry/apps/daemonset/strategy.go */
export const daemonSetRoom: Room = {
  group: 'apps',
  kind: 'DaemonSet',
  validate: daemonSetErrors,
  update: {
    validate: (object, old, context) => [...daemonSetErrors(object, context), ...selectorChangeErrors(object, old)],
  },
}

/** @see pkg/registry/apps/statefulset/strategy.go */
export const statefulSetRoom: Room = {
  group: 'apps',
  kind: 'StatefulSet',
  validate: (object, context) => statefulSetErrors(object, context),
  update: { validate: statefulSetUpdateErrors },
}
