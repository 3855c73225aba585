import { compactJson, type KubeObject, parseTime } from '@kube-bonsai/apimachinery'
import { type Fields, isFields, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { age as humanAge } from '../printing/ages.ts'
import type { TableColumn, TableStrategy } from '../strategy.ts'
import { findJsonPath } from './json-path/evaluate.ts'
import { parseJsonPath, type Step } from './json-path/parse.ts'

const nameColumn: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name, unique within a namespace; see the reference of ObjectMeta.',
  priority: 0,
}

const ageColumn: Fields = {
  name: 'Age',
  type: 'date',
  description: 'When the server made the object; see the reference of ObjectMeta.',
  jsonPath: '.metadata.creationTimestamp',
}

/**
 * How a custom resource prints: its name, then the columns of its definition, or the age where it names none.
 *
 * @param columns `additionalPrinterColumns`; one with a path that cannot be read leaves only the name
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go
 */
export function customResourceTable(columns: unknown): TableStrategy {
  const given = objectsOf(columns)
  const wanted = given.length === 0 ? [ageColumn] : given
  const read: { readonly column: TableColumn; readonly path: readonly Step[] }[] = []
  try {
    for (const column of wanted)
      read.push({ column: columnOf(column), path: parseJsonPath(textOf(column['jsonPath'])) })
  } catch {
    // Upstream falls back to what it has read so far.
  }
  return {
    columns: [nameColumn, ...read.map(({ column }) => column)],
    row: (object, now) => ({
      cells: [object.metadata.name ?? '', ...read.map(({ column, path }) => cell(object, column.type, path, now))],
    }),
  }
}

function columnOf(column: Fields): TableColumn {
  const description = textOf(column['description'])
  return {
    name: textOf(column['name']),
    type: textOf(column['type']),
    format: textOf(column['format']),
    description: description || `Custom resource definition column (in JSONPath format): ${textOf(column['jsonPath'])}`,
    priority: numberOf(column['priority']),
  }
}

function cell(object: KubeObject, type: string, path: readonly Step[], now: number): unknown {
  let value: unknown
  try {
    const found = findJsonPath(object, path)
    if (found.length === 0) return null
    value = found[0]
  } catch {
    return null
  }
  if (type === 'string') return goText(value)
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date':
      return typeof value === 'string' ? age(value, now) : null
    default:
      return null
  }
}

function age(text: string, now: number): string {
  try {
    parseTime(text)
  } catch {
    return '<invalid>'
  }
  return humanAge(text, now)
}

/** A value as Go's JSONPath prints it. */
function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  return isFields(value) || Array.isArray(value) ? compactJson(value) : String(value)
}
