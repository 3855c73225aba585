import { type Fields, fieldsOf, isFields, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { ageColumn, column, nameColumn, table } from '../printing/table.ts'
import { none } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'

const specOf = (object: Fields): Fields => fieldsOf(object['spec'])
const queuingOf = (object: Fields): unknown => fieldsOf(fieldsOf(specOf(object)['limited'])['limitResponse'])['queuing']

export const flowSchemaTable: TableStrategy = table([
  nameColumn,
  column('PriorityLevel', 'The priority level of its requests', (object) =>
    textOf(fieldsOf(specOf(object)['priorityLevelConfiguration'])['name']),
  ),
  column('MatchingPrecedence', 'Lower numbers are tried first', (object) =>
    numberOf(specOf(object)['matchingPrecedence']),
  ),
  column('DistinguisherMethod', 'How its requests are told apart', (object) => {
    const method = specOf(object)['distinguisherMethod']
    return isFields(method) ? textOf(method['type']) : none
  }),
  ageColumn,
  column('MissingPL', 'Whether its priority level is missing', (object) => {
    const dangling = objectsOf(fieldsOf(object['status'])['conditions']).find(({ type }) => type === 'Dangling')
    return dangling === undefined ? '?' : textOf(dangling['status'])
  }),
])

const queuingColumn = (name: string, description: string, field: string) =>
  column<Fields>(name, description, (object) => {
    const queuing = queuingOf(object)
    return isFields(queuing) ? numberOf(queuing[field]) : none
  })

export const priorityLevelTable: TableStrategy = table([
  nameColumn,
  column('Type', 'Exempt or limited', (object) => textOf(specOf(object)['type'])),
  column('NominalConcurrencyShares', 'Its share of the concurrency', (object) => {
    const { limited } = specOf(object)
    return isFields(limited) ? numberOf(limited['nominalConcurrencyShares']) : none
  }),
  queuingColumn('Queues', 'How many queues it has', 'queues'),
  queuingColumn('HandSize', 'In how many queues a flow may wait', 'handSize'),
  queuingColumn('QueueLengthLimit', 'How many requests a queue may hold', 'queueLengthLimit'),
  ageColumn,
])
