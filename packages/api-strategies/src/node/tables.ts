import { textOf } from '../meta/json.ts'
import { ageColumn, column, nameColumn, table } from '../printing/table.ts'
import type { TableStrategy } from '../strategy.ts'

export const runtimeClassTable: TableStrategy = table([
  nameColumn,
  column('Handler', 'Handler of the container runtime', (object) => textOf(object['handler'])),
  ageColumn,
])
