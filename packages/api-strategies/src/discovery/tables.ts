import { isAbsent, listOf, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { ageColumn, column, nameColumn, table } from '../printing/table.ts'
import { firstOf, unset } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'

const limit = 3

export const endpointSliceTable: TableStrategy = table([
  nameColumn,
  column('AddressType', 'What kind of addresses it holds', (slice) => textOf(slice['addressType'])),
  column('Ports', 'The first ports', (slice) => {
    const ports = objectsOf(slice['ports']).map(({ port, name }) =>
      isAbsent(port) ? textOf(name ?? '*') : `${numberOf(port)}`,
    )
    return firstOf(ports, limit, unset)
  }),
  column('Endpoints', 'The first addresses', (slice) =>
    firstOf(
      objectsOf(slice['endpoints']).flatMap(({ addresses }) => listOf(addresses).map(textOf)),
      limit,
      unset,
    ),
  ),
  ageColumn,
])
