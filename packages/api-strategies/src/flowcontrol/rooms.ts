import type { Room } from '../room.ts'
import { flowSchemaRoom } from './flow-schema.ts'
import { priorityLevelRoom } from './priority-level.ts'

/** @see pkg/registry/flowcontrol */
export const flowcontrolRooms: readonly Room[] = [flowSchemaRoom, priorityLevelRoom]
