import type { Controller } from './controller.ts'
import { deploymentController } from './deployment/controller.ts'
import { replicaSetController, replicationControllerController } from './replicaset/controller.ts'

const all: readonly Controller[] = [deploymentController, replicaSetController, replicationControllerController]

/** Every controller by the name that kube-controller-manager's `--controllers` knows. Add a controller here. */
export const controllers: ReadonlyMap<string, Controller> = new Map(all.map((one) => [one.name, one]))
