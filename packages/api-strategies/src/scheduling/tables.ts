import { textOf } from '../meta/json.ts'
import { ageColumn, column, nameColumn, table } from '../printing/table.ts'
import { countColumn } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'

export const priorityClassTable: TableStrategy = table([
  nameColumn,
  countColumn('Value', 'The priority itself', (object) => object['value']),
  column('Global-Default', 'Whether pods without a class get it', (object) => object['globalDefault'] === true, {
    type: 'boolean',
  }),
  ageColumn,
  column('PreemptionPolicy', 'Whether its pods may preempt others', (object) => textOf(object['preemptionPolicy'])),
])

export const workloadTable: TableStrategy = table([nameColumn, ageColumn])
