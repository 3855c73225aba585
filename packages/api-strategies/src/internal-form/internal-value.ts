import { emptiedFields } from '@kube-bonsai/api-types'
import { compareUtf8, jsonString, RenderedValue } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf } from '../meta/json.ts'
import { type LayoutField, layoutOf, type Shape } from './layout.ts'

/**
 * A value of the API as Go's JSON of upstream's internal type shows it in messages: every field, in the order and with
 * the names of the Go struct.
 *
 * @param type the Go name of an internal core type: `SecurityContext`
 */
export function internalValue(type: string, value: unknown): RenderedValue {
  return new RenderedValue(value, text({ is: 'struct', name: type }, value, undefined, ''))
}

/** The same for a list of values; Go tells an absent list from an empty one. */
export function internalList(type: string, value: unknown): RenderedValue {
  return new RenderedValue(value, text({ is: 'list', of: { is: 'struct', name: type } }, value, undefined, ''))
}

/** JSON of any shape, as Go shows what it only passes on. */
export function rawValue(value: unknown): RenderedValue {
  return new RenderedValue(value, isAbsent(value) ? 'null' : rawText(value))
}

/** The same over many lines, one level indented by one blank, for differences. */
export function indentedInternal(type: string, value: unknown): string {
  return text({ is: 'struct', name: type }, value, ' ', '\n')
}

/** The fields of a pod's spec that the internal type keeps in its security context. */
const hostFields = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'] as const

/** Types whose Go struct has the fields of the metadata as its own. */
const templates: ReadonlySet<string> = new Set([
  'PersistentVolumeClaim',
  'PersistentVolumeClaimTemplate',
  'PodTemplateSpec',
  'batch.JobTemplateSpec',
  'resource.ResourceClaimTemplateSpec',
])

function asInternal(type: string, value: unknown): Fields {
  const fields = fieldsOf(value)
  if (templates.has(type)) return { ...fieldsOf(fields['metadata']), ...fields }
  if (type !== 'PodSpec') return fields
  const securityContext: Record<string, unknown> = { ...fieldsOf(fields['securityContext']) }
  for (const name of hostFields) securityContext[name.charAt(0).toUpperCase() + name.slice(1)] = fields[name]
  return { ...fields, securityContext }
}

/** Writes a value; `indent` undefined writes it compact, `line` is the line break with the indentation so far. */
function text(shape: Shape, value: unknown, indent: string | undefined, line: string): string {
  switch (shape.is) {
    case 'pointer':
      return isAbsent(value) ? 'null' : text(shape.of, value, indent, line)
    case 'list':
      if (!Array.isArray(value)) return 'null'
      return block('[', ']', indent, line, (next) => listOf(value).map((item) => text(shape.of, item, indent, next)))
    case 'map':
      return isFields(value) ? mapText(shape.of, value, indent, line) : 'null'
    case 'struct':
      return structText(shape.name, value, indent, line)
    case 'text':
      return jsonString(typeof value === 'string' ? value : '')
    case 'number':
      return typeof value === 'number' ? String(value) : '0'
    case 'bool':
      return value === true ? 'true' : 'false'
    case 'quantity':
      return jsonString(typeof value === 'string' ? value : '0')
    case 'int-or-string':
      return typeof value === 'string' ? jsonString(value) : typeof value === 'number' ? String(value) : '0'
    case 'raw':
      return isAbsent(value) ? 'null' : rawText(value)
    case 'nullable':
      return typeof value === 'string' ? jsonString(value) : 'null'
  }
}

/** Go escapes these even in JSON that it only passes on. */
function rawText(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** Go tells a list or a map that is empty from one that is not there. */
function emptyOf({ is }: Shape): unknown {
  return is === 'list' ? [] : is === 'map' ? {} : undefined
}

function structText(type: string, value: unknown, indent: string | undefined, line: string): string {
  const fields = asInternal(type, value)
  const emptied = emptiedFields(fields)
  const shown = layoutOf(type).filter((field) => !field.omitEmpty || !isEmptyField(field, fields))
  const colon = indent === undefined ? ':' : ': '
  return block('{', '}', indent, line, (next) =>
    shown.map(
      ({ name, source, shape }) =>
        `${jsonString(name)}${colon}${text(shape, fields[source] ?? (emptied.includes(source) ? emptyOf(shape) : undefined), indent, next)}`,
    ),
  )
}

/** Go's omitempty looks at a pointer itself, not at what it points to, and never leaves a struct out. */
function isEmptyField({ shape, source }: LayoutField, fields: Fields): boolean {
  if (shape.is === 'struct') return false
  return shape.is === 'pointer' ? isAbsent(fields[source]) : isEmpty(fields[source])
}

function mapText(of: Shape, value: Fields, indent: string | undefined, line: string): string {
  const keys = Object.keys(value).sort(compareUtf8)
  const colon = indent === undefined ? ':' : ': '
  return block('{', '}', indent, line, (next) =>
    keys.map((key) => `${jsonString(key)}${colon}${text(of, value[key], indent, next)}`),
  )
}

function block(
  open: string,
  close: string,
  indent: string | undefined,
  line: string,
  items: (line: string) => readonly string[],
): string {
  const next = `${line}${indent ?? ''}`
  const parts = items(next)
  if (parts.length === 0 || indent === undefined) return `${open}${parts.join(',')}${close}`
  return `${open}${next}${parts.join(`,${next}`)}${line}${close}`
}
