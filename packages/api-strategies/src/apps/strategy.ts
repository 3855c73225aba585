import type { Room } from '../room.ts'
import { controllerRevisionRoom } from './controller-revision/strategy.ts'
import { daemonSetRoom } from './daemon-set/strategy.ts'
import { deploymentRoom } from './deployment/strategy.ts'
import { replicaSetRoom } from './replica-set/strategy.ts'
import { statefulSetRoom } from './stateful-set/strategy.ts'

/** The kinds that keep pods running. @see pkg/registry/apps */
export const appsRooms: readonly Room[] = [
  deploymentRoom,
  replicaSetRoom,
  daemonSetRoom,
  statefulSetRoom,
  controllerRevisionRoom,
]
