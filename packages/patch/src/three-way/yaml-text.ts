import { compareUtf8 } from '@kube-bonsai/apimachinery'
import { entriesOf, isMap } from '../util/json.ts'

/** Texts that YAML 1.1 reads as numbers, truth values, times or null: they stand in double quotes. */
const otherTypes: readonly RegExp[] = [
  /^(?:~|null|Null|NULL|<<)?$/,
  /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  /^[-+]?(?:0|[1-9][0-9_]*|0[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+|0o[0-7_]+)$/,
  /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
  /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ][0-9]{1,2}:[0-9:.]+.*)?$/,
]
/** Texts whose marks YAML would take for its own: they stand in single quotes. */
const marks = /^[#,[\]{}&*!|>'"%@`]|^[-?:](?:[ \t]|$)|^(?:---|\.\.\.)|^[ \t]|[ \t]$|:[ \t]|:$|[ \t]#/
const unprintable = /[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\u2028\u2029]/

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\0', '\\0'],
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\u001b', '\\e'],
  ['\u0085', '\\N'],
  ['\u2028', '\\L'],
  ['\u2029', '\\P'],
])

/**
 * Writes a patch as block YAML with sorted keys, for people to read in a message.
 *
 * @param printed what to write instead of some lists
 */
export function yamlText(value: unknown, printed: ReadonlyMap<readonly unknown[], readonly unknown[]>): string {
  return `${block(replaced(value, printed), '').trimStart()}\n`
}

function replaced(value: unknown, printed: ReadonlyMap<readonly unknown[], readonly unknown[]>): unknown {
  if (printed.size === 0) return value
  if (Array.isArray(value)) return printed.get(value) ?? value.map((item) => replaced(item, printed))
  if (!isMap(value)) return value
  return Object.fromEntries(entriesOf(value).map(([key, item]) => [key, replaced(item, printed)]))
}

function block(value: unknown, indent: string): string {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item) => `\n${indent}- ${block(item, `${indent}  `).trimStart()}`).join('')
  }
  if (typeof value === 'string' && value.includes('\u0085')) return block(folded(value), indent)
  if (!isMap(value)) return ` ${isText(value) ? literal(value, indent) : scalar(value)}`
  const entries = entriesOf(value).sort(([a], [b]) => compareUtf8(a, b))
  if (entries.length === 0) return ' {}'
  return entries
    .map(([key, item]) => {
      const below = Array.isArray(item) ? indent : `${indent}  `
      return `\n${indent}${scalar(key)}:${block(item, below)}`
    })
    .join('')
}

function isText(value: unknown): value is string {
  if (typeof value !== 'string' || !value.includes('\n') || / (?:\n|$)/.test(value)) return false
  return !unprintable.test(value.replaceAll('\n', ''))
}

/** Writes several lines as they are; the mark tells what becomes of the last line break. */
function literal(value: string, indent: string): string {
  const mark = value.endsWith('\n\n') ? '|+' : value.endsWith('\n') ? '|' : '|-'
  const lines = value.replace(/\n$/, '').split('\n')
  return [mark, ...lines.map((line) => (line === '' ? '' : indent + line))].join('\n')
}

/** The patch was JSON that was read as YAML, to which U+0085 is a line break: one becomes a space, more become breaks. */
function folded(value: string): string {
  if (!value.includes('\u0085')) return value
  return value.replace(/ *\u0085[ \u0085]*/g, (run) => '\n'.repeat(run.replaceAll(' ', '').length - 1) || ' ')
}

function scalar(value: unknown): string {
  if (Array.isArray(value)) return '[]'
  if (typeof value !== 'string') return value === undefined ? 'null' : String(value)
  if (unprintable.test(value) || otherTypes.some((type) => type.test(value))) return doubleQuoted(value)
  return marks.test(value) ? `'${value.replaceAll("'", "''")}'` : value
}

function doubleQuoted(value: string): string {
  return `"${[...value].map(escaped).join('')}"`
}

function escaped(ch: string): string {
  const short = escapes.get(ch)
  if (short !== undefined || !unprintable.test(ch)) return short ?? ch
  const code = (ch.codePointAt(0) ?? 0).toString(16).toUpperCase()
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`
}
