import { type Fields, fieldsOf, textOf } from '../meta/json.ts'
import { ageColumn, column, nameColumn, table } from '../printing/table.ts'
import type { TableStrategy } from '../strategy.ts'

const specOf = (object: Fields): Fields => fieldsOf(object['spec'])

export const leaseTable: TableStrategy = table([
  nameColumn,
  column('Holder', 'Who holds it', (lease) => textOf(specOf(lease)['holderIdentity'])),
  ageColumn,
])

export const leaseCandidateTable: TableStrategy = table([
  nameColumn,
  column('LeaseName', 'The lease it wants', (candidate) => textOf(specOf(candidate)['leaseName'])),
  column('BinaryVersion', 'Version of its binary', (candidate) => textOf(specOf(candidate)['binaryVersion'])),
  column('EmulationVersion', 'Version that it emulates', (candidate) => textOf(specOf(candidate)['emulationVersion'])),
  ageColumn,
])
