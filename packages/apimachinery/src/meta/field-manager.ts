import { invalid, tooLong } from '../field/errors.ts'
import type { FieldPath } from '../field/path.ts'
import type { FieldError } from '../field-error.ts'
import { isPrintable } from '../text/quote.ts'
import { utf8Length } from '../text/utf8.ts'

/** The longest name of a field manager, in bytes. */
export const fieldManagerMaxLength = 128

/** Checks the name of a field manager: at most 128 bytes, all printable. */
export function validateFieldManager(manager: string, path: FieldPath): readonly FieldError[] {
  const errors = utf8Length(manager) > fieldManagerMaxLength ? [tooLong(path, fieldManagerMaxLength)] : []
  let position = 0
  for (const ch of manager) {
    const code = (ch.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    if (!isPrintable(ch)) {
      errors.push(invalid(path, manager, `invalid character U+${code} (at position ${position})`))
    }
    position += utf8Length(ch)
  }
  return errors
}
