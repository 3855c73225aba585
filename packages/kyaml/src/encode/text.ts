import { goString } from '../json.ts'
import { KyamlEncodeError } from './errors.ts'

const longestKey = 1024

// Kubernetes hands the JSON text to a YAML parser, which has these limits.
const refused = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/

function checkText(text: string): string {
  if (refused.test(text)) throw new KyamlEncodeError('control-character', 'control characters are not allowed', text)
  // Half of a surrogate pair has no UTF-8 form.
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd')
}

/** Checks a string value, and folds its line breaks U+0085. */
export function checkValue(text: string): string {
  const clean = checkText(text)
  // U+0085 is a line break to YAML: one folds into a space, more into one newline less.
  return clean.includes('\u0085') ? clean.replaceAll(/ *\u0085[ \u0085]*/g, fold) : clean
}

function fold(breaks: string): string {
  const count = breaks.replaceAll(' ', '').length
  return count === 1 ? ' ' : '\n'.repeat(count - 1)
}

/** Checks a map key. */
export function checkKey(key: string): string {
  const clean = checkText(key)
  if (key.includes('\u0085')) throw new KyamlEncodeError('key-break', 'a key must not contain U+0085', key)
  // An escape is six characters at most, so short keys need no counting.
  if (key.length > longestKey / 6 && [...goString(key)].length > longestKey) {
    throw new KyamlEncodeError('key-length', `a key must not be longer than ${longestKey} characters in JSON`, key)
  }
  return clean
}
