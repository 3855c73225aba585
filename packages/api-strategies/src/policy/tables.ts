import { type Fields, fieldsOf, isAbsent } from '../meta/json.ts'
import { ageColumn, column, nameColumn, table } from '../printing/table.ts'
import { countColumn } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'

const amount = (value: unknown): string => (isAbsent(value) ? 'N/A' : String(value))
const specOf = (object: Fields): Fields => fieldsOf(object['spec'])

export const podDisruptionBudgetTable: TableStrategy = table([
  nameColumn,
  column('Min Available', 'How many pods must stay', (budget) => amount(specOf(budget)['minAvailable'])),
  column('Max Unavailable', 'How many pods may be missing', (budget) => amount(specOf(budget)['maxUnavailable'])),
  countColumn(
    'Allowed Disruptions',
    'How many pods may be evicted now',
    (budget) => fieldsOf(budget['status'])['disruptionsAllowed'],
  ),
  ageColumn,
])
