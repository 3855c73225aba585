import { type Fields, fieldsOf, isAbsent, isEmpty, textOf } from '../meta/json.ts'
import { age } from '../printing/ages.ts'
import { ageColumn, column, metadataOf, nameColumn, table } from '../printing/table.ts'
import type { TableStrategy } from '../strategy.ts'

const specOf = (object: Fields): Fields => fieldsOf(object['spec'])
const taintOf = (object: Fields): Fields => fieldsOf(specOf(object)['taint'])

/** Device classes and resource claim templates. */
export const plainTable: TableStrategy = table([nameColumn, ageColumn])

export const resourceClaimTable: TableStrategy = table([
  nameColumn,
  column('State', 'Whether it is allocated and reserved', (claim) => {
    const { allocation, reservedFor } = fieldsOf(claim['status'])
    const deleted = !isEmpty(metadataOf(claim)['deletionTimestamp'])
    if (isAbsent(allocation)) return deleted ? 'deleted' : 'pending'
    return [...(deleted ? ['deleted'] : []), 'allocated', ...(isEmpty(reservedFor) ? [] : ['reserved'])].join(',')
  }),
  ageColumn,
])

export const resourceSliceTable: TableStrategy = table([
  nameColumn,
  column('Node', 'Which node has the devices', (slice) => textOf(specOf(slice)['nodeName'])),
  column('Driver', 'Which driver manages them', (slice) => textOf(specOf(slice)['driver'])),
  column('Pool', 'To which pool they belong', (slice) => textOf(fieldsOf(specOf(slice)['pool'])['name'])),
  ageColumn,
])

export const deviceTaintRuleTable: TableStrategy = table([
  nameColumn,
  column('Key', 'Key of the taint', (rule) => textOf(taintOf(rule)['key'])),
  column('Value', 'Value of the taint', (rule) => textOf(taintOf(rule)['value'])),
  column('Effect', 'Effect of the taint', (rule) => textOf(taintOf(rule)['effect'])),
  column('TimeAdded', 'Time since the taint was added', (rule, now) => {
    const { timeAdded } = taintOf(rule)
    return isAbsent(timeAdded) ? '' : age(timeAdded, now)
  }),
  ageColumn,
])
