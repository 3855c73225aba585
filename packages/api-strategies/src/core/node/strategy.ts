import { fieldsOf } from '../../meta/json.ts'
import type { Room } from '../../room.ts'

/** @see pkg/registry/core/node/strategy.go */
export const nodeRoom: Room = {
  group: '',
  kind: 'Node',
  selectableFields: (node) => ({ 'spec.unschedulable': String(fieldsOf(node['spec'])['unschedulable'] === true) }),
}
