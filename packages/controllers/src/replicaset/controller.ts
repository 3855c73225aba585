import type { Controller } from '../controller.ts'
import { replicaSetKind, replicationControllerKind } from './kinds.ts'
import { ReplicaLoop } from './replica-loop.ts'

/** Keeps the pods of ReplicaSets. */
export const replicaSetController: Controller = {
  name: replicaSetKind.controller,
  start: (context) => new ReplicaLoop(replicaSetKind, context),
}

/** Keeps the pods of ReplicationControllers. */
export const replicationControllerController: Controller = {
  name: replicationControllerKind.controller,
  start: (context) => new ReplicaLoop(replicationControllerKind, context),
}
