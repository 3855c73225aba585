import { FieldSelectorError } from './field-selector-error.ts'

/** Escapes a value for use in a field selector: backslash, comma and equals sign get a backslash. */
export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&')
}

/**
 * Takes the escapes of a field selector's value away.
 *
 * @throws FieldSelectorError for an unknown escape, and for a bare comma or equals sign
 */
export function unescapeFieldValue(text: string): string {
  if (!/[\\,=]/.test(text)) return text
  let out = ''
  let escaped = false
  for (const ch of text) {
    const special = ch === '\\' || ch === ',' || ch === '='
    if (escaped) {
      if (!special) throw new FieldSelectorError(`invalid field selector: invalid escape sequence: \\${ch}`)
      out += ch
      escaped = false
    } else if (ch === '\\') {
      escaped = true
    } else if (special) {
      throw new FieldSelectorError(`invalid field selector: unescaped character in value: ${ch.charCodeAt(0)}`)
    } else {
      out += ch
    }
  }
  if (escaped) throw new FieldSelectorError('invalid field selector: invalid escape sequence: \\')
  return out
}
