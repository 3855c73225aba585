import { type FieldError, type FieldPath, invalid } from '@kube-bonsai/apimachinery'
import { isAbsent, numberOf } from '../../meta/json.ts'

const highestMode = 0o777

/** Checks the permission bits of files; none is fine. */
export function modeErrors(mode: unknown, path: FieldPath): readonly FieldError[] {
  if (isAbsent(mode)) return []
  const bits = numberOf(mode)
  if (bits >= 0 && bits <= highestMode) return []
  return [invalid(path, bits, 'must be a number between 0 and 0777 (octal), both inclusive')]
}
