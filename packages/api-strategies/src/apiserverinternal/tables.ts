import { fieldsOf, objectsOf, textOf } from '../meta/json.ts'
import { ageColumn, column, nameColumn, table } from '../printing/table.ts'
import { firstOf, unset } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'

export const storageVersionTable: TableStrategy = table([
  nameColumn,
  column('CommonEncodingVersion', 'The version that all servers write', (object) =>
    textOf(fieldsOf(object['status'])['commonEncodingVersion'] ?? unset),
  ),
  column('StorageVersions', 'The version that each server writes', (object) => {
    const versions = objectsOf(fieldsOf(object['status'])['storageVersions'])
    const texts = versions.map(
      ({ apiServerID, encodingVersion }) => `${textOf(apiServerID)}=${textOf(encodingVersion)}`,
    )
    return firstOf(texts, 3, unset)
  }),
  ageColumn,
])
