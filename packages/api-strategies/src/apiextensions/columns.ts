import { duplicate, type FieldError, type FieldPath, invalid, required, tooMany } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isFields, textOf } from '../meta/json.ts'
import { findField } from './schema/field-path.ts'

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

/** Checks one of `additionalPrinterColumns`. */
export function columnErrors(column: Fields, path: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  const text = (name: string) => textOf(column[name])
  if (text('name') === '') errors.push(required(path.child('name'), ''))
  const types = `must be one of ${columnTypes.join(',')}`
  if (text('type') === '') errors.push(required(path.child('type'), types))
  else if (!columnTypes.includes(text('type'))) errors.push(invalid(path.child('type'), text('type'), types))
  if (text('format') !== '' && !columnFormats.includes(text('format')))
    errors.push(invalid(path.child('format'), text('format'), `must be one of ${columnFormats.join(',')}`))
  // Upstream spells the field in its own way.
  if (text('jsonPath') === '') errors.push(required(path.child('JSONPath'), ''))
  else errors.push(...simplePathErrors(text('jsonPath'), path.child('JSONPath')))
  return errors
}

function simplePathErrors(text: string, path: FieldPath): readonly FieldError[] {
  return text.startsWith('.') ? [] : [invalid(path, text, 'must be a simple json path starting with .')]
}

const replicas: readonly (readonly [string, string])[] = [
  ['specReplicasPath', '.spec.'],
  ['statusReplicasPath', '.status.'],
]

/** Checks `subresources`. */
export function subresourceErrors(subresources: Fields | undefined, path: FieldPath): readonly FieldError[] {
  const given = subresources?.['scale']
  if (!isFields(given)) return []
  const errors: FieldError[] = []
  for (const [name, prefix] of replicas) {
    const at = path.child(`scale.${name}`)
    const text = textOf(given[name])
    if (text === '') errors.push(required(at, ''))
    else if (!text.startsWith('.')) errors.push(...simplePathErrors(text, at))
    else if (!text.startsWith(prefix))
      errors.push(invalid(at, text, `should be a json path under ${prefix.slice(0, -1)}`))
  }
  const selector = textOf(given['labelSelectorPath'])
  if (selector === '') return errors
  const at = path.child('scale.labelSelectorPath')
  if (!selector.startsWith('.')) errors.push(...simplePathErrors(selector, at))
  else if (!selector.startsWith('.spec.') && !selector.startsWith('.status.'))
    errors.push(invalid(at, selector, 'should be a json path under either .spec or .status'))
  return errors
}

const maxSelectable = 8
const selectableTypes = ['string', 'boolean', 'integer']

/** Checks `selectableFields` against the schema in which they must be. */
export function selectableFieldErrors(
  fields: readonly Fields[],
  schema: unknown,
  path: FieldPath,
  allowTooMany: boolean,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const known = new Set<string>()
  for (const [index, field] of fields.entries()) {
    const at = path.index(index).child('jsonPath')
    const text = textOf(field['jsonPath'])
    if (text === '') {
      errors.push(required(at, ''))
      continue
    }
    const found = findField(text, fieldsOf(schema), false)
    if ('problem' in found) {
      errors.push(invalid(at, text, `is an invalid path: ${found.problem}`))
      continue
    }
    if (found.path[0] === 'metadata') errors.push(invalid(at, text, 'must not point to fields in metadata'))
    if (!selectableTypes.includes(textOf(found.schema['type']))) {
      const why =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'
      errors.push(invalid(at, text, why))
    }
    const name = found.path.join('.')
    if (known.has(name)) errors.push(duplicate(at, text))
    known.add(name)
  }
  if (known.size > maxSelectable && !allowTooMany) errors.push(tooMany(path, known.size, maxSelectable))
  return errors
}

/** What is wrong with a deprecation warning. */
export function deprecationProblems(version: Fields): readonly string[] {
  const given = version['deprecationWarning']
  if (isAbsent(given)) return []
  if (version['deprecated'] !== true) return ['can only be set for deprecated versions']
  const text = textOf(given)
  const problems: string[] = []
  if (new TextEncoder().encode(text).length > 256) problems.push('must be <= 256 characters long')
  if (text === '') problems.push('must not be an empty string')
  let index = 0
  for (const char of text) {
    if (/[\p{C}\p{Zl}\p{Zp}]/u.test(char) || (/\p{Zs}/u.test(char) && char !== ' ')) {
      const why = `must only contain printable UTF-8 characters; non-printable character found at index ${index}`
      problems.push(why)
      break
    }
    index += new TextEncoder().encode(char).length
  }
  return problems
}
