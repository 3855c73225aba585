import { formatGroupResource } from '@kube-bonsai/apimachinery'
import { fieldsOf, objectsOf, textOf } from '../meta/json.ts'
import { column, table } from '../printing/table.ts'
import type { TableStrategy } from '../strategy.ts'

const states: readonly unknown[] = ['Running', 'Failed', 'Succeeded']

export const storageVersionMigrationTable: TableStrategy = table([
  column('Name', 'Name of the object', (object) => textOf(fieldsOf(object['metadata'])['name'])),
  column('Resource', 'What is migrated', (object) => {
    const { group, resource } = fieldsOf(fieldsOf(object['spec'])['resource'])
    return formatGroupResource({ group: textOf(group), resource: textOf(resource) })
  }),
  column('Status', 'How far the migration is', (object) => {
    const state = objectsOf(fieldsOf(object['status'])['conditions']).findLast(
      ({ type, status }) => status === 'True' && states.includes(type),
    )
    return state === undefined ? 'Unknown' : textOf(state['type'])
  }),
])
