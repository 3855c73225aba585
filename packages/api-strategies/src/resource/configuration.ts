import { type FieldError, type FieldPath, invalid, required, tooLong, utf8Length } from '@kube-bonsai/apimachinery'
import { type Fields, isAbsent, isFields } from '../meta/json.ts'
import { coveredDriverErrors } from './names.ts'

const longestParameters = 10 * 1024

/** Checks what a driver is told about devices. @param stored it was there before: its size does not matter then */
export function configurationErrors(config: Fields, stored: boolean, path: FieldPath): readonly FieldError[] {
  const { opaque } = config
  const at = path.child('opaque')
  if (!isFields(opaque)) return [required(at)]
  return [
    ...coveredDriverErrors(opaque['driver'], at.child('driver')),
    ...rawObjectErrors(opaque['parameters'], stored, at.child('parameters')),
  ]
}

/** Checks JSON of any shape that must be an object of limited size. */
export function rawObjectErrors(value: unknown, stored: boolean, path: FieldPath): readonly FieldError[] {
  if (isAbsent(value)) return [required(path)]
  if (!stored && utf8Length(JSON.stringify(value)) > longestParameters) return [tooLong(path, longestParameters)]
  return isFields(value) ? [] : [invalid(path, '<value omitted>', 'must be a valid JSON object')]
}
