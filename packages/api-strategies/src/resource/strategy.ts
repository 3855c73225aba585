import type { Room } from '../room.ts'
import { resourceClaimRoom } from './claim/strategy.ts'
import { resourceClaimTemplateRoom } from './claim-template/strategy.ts'
import { deviceClassRoom } from './device-class/strategy.ts'
import { resourceSliceRoom } from './slice/strategy.ts'
import { deviceTaintRuleRoom } from './taint-rule/strategy.ts'

/** The kinds of dynamic resource allocation. @see pkg/registry/resource */
export const resourceRooms: readonly Room[] = [
  resourceClaimRoom,
  resourceClaimTemplateRoom,
  resourceSliceRoom,
  deviceClassRoom,
  deviceTaintRuleRoom,
]
