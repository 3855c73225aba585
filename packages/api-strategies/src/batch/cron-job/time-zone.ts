import { type FieldError, type FieldPath, invalid } from '@kube-bonsai/apimachinery'
import { named } from '../../meta/checks.ts'
import { isAbsent, textOf } from '../../meta/json.ts'

const part = /^[A-Za-z.\-_0-9+]{1,14}$/

/** Whether the time zone database has a zone of that name, in that case. */
export function isTimeZone(name: string): boolean {
  if (name === 'UTC' || name === 'Local') return true
  if (/^[+-]?\d/.test(name)) return false
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase()
  } catch {
    return false
  }
}

/** Checks the time zone of a schedule. @see pkg/apis/batch/validation/validation.go validateTimeZone */
export function timeZoneErrors(zone: unknown, path: FieldPath): readonly FieldError[] {
  if (isAbsent(zone)) return []
  const name = textOf(zone)
  if (name === '') return [invalid(path, named(name), 'timeZone must be nil or non-empty string')]
  const unknown = invalid(path, named(name), `unknown time zone ${name}`)
  if (name.split('/').some((it) => it === '.' || it === '..' || it.startsWith('-') || !part.test(it))) return [unknown]
  const explicit = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
  return [
    ...(name.toLowerCase() === 'local' ? [invalid(path, named(name), explicit)] : []),
    ...(isTimeZone(name) ? [] : [unknown]),
  ]
}
