import { clusterRoleAggregationController } from './clusterroleaggregation/controller.ts'
import type { Controller } from './controller.ts'
import { daemonSetController } from './daemonset/controller.ts'
import { deploymentController } from './deployment/controller.ts'
import { builtInResources, type DeletableResource } from './discovery/resources.ts'
import { endpointsController } from './endpoints/controller.ts'
import { endpointSliceController } from './endpointslice/controller.ts'
import { garbageCollector } from './garbagecollector/controller.ts'
import { jobController } from './job/controller.ts'
import { ttlAfterFinishedController } from './job/ttl.ts'
import { namespaceController } from './namespace/controller.ts'
import { nodeLifecycleController } from './nodelifecycle/controller.ts'
import { podGarbageCollector } from './podgc/controller.ts'
import { replicaSetController, replicationControllerController } from './replicaset/controller.ts'
import { rootCaPublisher, serviceAccountController } from './serviceaccount/controllers.ts'
import { statefulSetController } from './statefulset/controller.ts'
import { taintEvictionController } from './tainteviction/controller.ts'
import { type Provisioner, volumeBinder } from './volume/controller.ts'
import { claimProtection, volumeProtection } from './volume/protection.ts'

/** What some controllers need to be told. */
export interface ControllerOptions {
  /** The API server's certificate authority, PEM. Without it `kube-root-ca.crt` is not published. */
  readonly rootCa?: string
  /** What the server serves, for the garbage collector and the end of namespaces. Every built-in GA resource when absent. */
  readonly resources?: readonly DeletableResource[]
  /** Makes volumes for claims; a simulated one when absent. */
  readonly provisioner?: Provisioner
}

/** Every controller by the name that kube-controller-manager's `--controllers` knows. Add a controller here. */
export function createControllers(options: ControllerOptions = {}): ReadonlyMap<string, Controller> {
  const resources = (): readonly DeletableResource[] => options.resources ?? builtInResources()
  const all: readonly Controller[] = [
    deploymentController,
    replicaSetController,
    replicationControllerController,
    statefulSetController,
    daemonSetController,
    jobController,
    ttlAfterFinishedController,
    endpointSliceController,
    endpointsController,
    serviceAccountController,
    ...(options.rootCa === undefined ? [] : [rootCaPublisher(options.rootCa)]),
    nodeLifecycleController,
    taintEvictionController,
    namespaceController(resources),
    garbageCollector(resources),
    volumeBinder(options.provisioner),
    claimProtection,
    volumeProtection,
    podGarbageCollector(),
    clusterRoleAggregationController,
  ]
  return new Map(all.map((one) => [one.name, one]))
}

/** The controllers that need no options. */
export const controllers: ReadonlyMap<string, Controller> = createControllers()
