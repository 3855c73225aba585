import type { KubeObject, ObjectMeta } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, textOf } from '../meta/json.ts'
import type { TableColumn, TableRow, TableStrategy } from '../strategy.ts'
import { age } from './ages.ts'

/** A column and how its cell is read from an object, or from what was worked out of one. */
export interface Column<Source> extends TableColumn {
  cell(source: Source, now: number): unknown
  /** Rows have the cell though no column announces it, as upstream's rows of one kind do. */
  readonly hidden?: true
}

/** How a column differs from a plain one. */
export interface ColumnOptions {
  readonly type?: 'string' | 'integer' | 'boolean'
  readonly format?: 'name'
  /** Shows only with `-o wide`. */
  readonly wide?: true
}

/** A column of texts unless the options say otherwise. */
export function column<Source>(
  name: string,
  description: string,
  cell: (source: Source, now: number) => unknown,
  { type = 'string', format, wide }: ColumnOptions = {},
): Column<Source> {
  return { name, type, format: format ?? '', description, priority: wide === true ? 1 : 0, cell }
}

/** The value of a field of the object's metadata. */
export const metadataOf = (object: Fields): Fields => fieldsOf(object['metadata'])

/** The name of an object, as the first column of almost every kind. */
export const nameColumn: Column<Fields> = column('Name', 'Name of the object', (o) => textOf(metadataOf(o)['name']), {
  format: 'name',
})

/** How long ago an object was made. */
export const ageColumn: Column<Fields> = column('Age', 'Time since the object was created', (object, now) =>
  age(metadataOf(object)['creationTimestamp'], now),
)

/** A table whose cells are read from the object itself. */
export function table(columns: readonly Column<Fields>[]): TableStrategy {
  return summaryTable((object) => object, columns)
}

/**
 * A table whose cells are read from a summary, which is worked out once per row.
 *
 * @param conditions what a row says of its object's state: kubectl hides completed ones on demand
 */
export function summaryTable<Source>(
  summarise: (object: Fields, now: number) => Source,
  columns: readonly Column<Source>[],
  conditions?: (source: Source) => TableRow['conditions'],
): TableStrategy {
  return {
    columns: columns
      .filter(({ hidden }) => hidden !== true)
      .map(({ name, type, format, description, priority }) => ({
        name,
        type,
        format,
        description,
        priority,
      })),
    row(object: KubeObject & { readonly metadata: ObjectMeta }, now: number): TableRow {
      const source = summarise(fieldsOf(object), now)
      const cells = columns.map(({ cell }) => cell(source, now))
      const states = conditions?.(source)
      return states === undefined ? { cells } : { cells, conditions: states }
    },
  }
}
