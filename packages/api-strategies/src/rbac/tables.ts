import { type Fields, fieldsOf, objectsOf, textOf } from '../meta/json.ts'
import { ageColumn, type Column, column, nameColumn, table } from '../printing/table.ts'
import type { TableStrategy } from '../strategy.ts'

function subjectsColumn(name: string, kind: string, show: (subject: Fields) => string): Column<Fields> {
  const read = (binding: Fields): string =>
    objectsOf(binding['subjects'])
      .filter((subject) => subject['kind'] === kind)
      .map(show)
      .join(', ')
  return column(name, `Subjects of kind ${kind}`, read, { wide: true })
}

/** Role bindings and cluster role bindings. */
export const bindingTable: TableStrategy = table([
  nameColumn,
  column('Role', 'The role that is given', (binding) => {
    const { kind, name } = fieldsOf(binding['roleRef'])
    return `${textOf(kind)}/${textOf(name)}`
  }),
  ageColumn,
  subjectsColumn('Users', 'User', ({ name }) => textOf(name)),
  subjectsColumn('Groups', 'Group', ({ name }) => textOf(name)),
  subjectsColumn('ServiceAccounts', 'ServiceAccount', ({ namespace, name }) => `${textOf(namespace)}/${textOf(name)}`),
])
