import { compareUtf8, formatLabelSelector, type LabelSelector } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isFields, listOf, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { type Column, column } from './table.ts'

/** What a cell says where there is nothing. */
export const none = '<none>'
/** What a cell says where a field was not set. */
export const unset = '<unset>'

/** The text, or another one where it is empty. */
export const textOr = (value: unknown, other: string): string => (textOf(value) === '' ? other : textOf(value))

/** Labels as `a=b,c=d`, in the order of their keys. */
export function formatLabels(labels: unknown): string {
  const entries = Object.entries(fieldsOf(labels)).sort(([a], [b]) => compareUtf8(a, b))
  return entries.length === 0 ? none : entries.map(([key, value]) => `${key}=${textOf(value)}`).join(',')
}

/** A label selector as kubectl shows it. */
export function formatSelector(selector: unknown): string {
  return formatLabelSelector(isFields(selector) ? labelSelectorOf(selector) : undefined)
}

/** The label selector that an object holds; parts of the wrong shape count as absent. */
export function labelSelectorOf(selector: Fields): LabelSelector {
  return {
    ...(isFields(selector['matchLabels']) ? { matchLabels: textsIn(selector['matchLabels']) } : {}),
    matchExpressions: objectsOf(selector['matchExpressions']).map((expression) => ({
      key: textOf(expression['key']),
      operator: textOf(expression['operator']),
      values: listOf(expression['values']).map(textOf),
    })),
  }
}

function textsIn(map: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, textOf(value)]))
}

/** The first items as `a,b,c`, with how many more there are. */
export function firstOf(items: readonly string[], limit: number, empty: string): string {
  const text = items.slice(0, limit).join(',')
  if (items.length > limit) return `${text} + ${items.length - limit} more...`
  return text === '' ? empty : text
}

/** A column that shows a whole number of the status, 0 where it is absent. */
export function countColumn(name: string, description: string, read: (object: Fields) => unknown): Column<Fields> {
  return column(name, description, (object) => numberOf(read(object)), { type: 'integer' })
}

/** The wide columns of kinds with a pod template: container names, images and, where given, the selector. */
export function templateColumns(
  podSpec: (object: Fields) => unknown,
  selector?: (object: Fields) => string,
): readonly Column<Fields>[] {
  const join = (object: Fields, field: string): string =>
    objectsOf(fieldsOf(podSpec(object))['containers'])
      .map((container) => textOf(container[field]))
      .join(',')
  const wide = { wide: true } as const
  return [
    column('Containers', 'Names of the containers of the template', (object) => join(object, 'name'), wide),
    column('Images', 'Images of the containers of the template', (object) => join(object, 'image'), wide),
    ...(selector === undefined ? [] : [column('Selector', 'Which pods belong to the object', selector, wide)]),
  ]
}
