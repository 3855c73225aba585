import { type FieldError, type FieldPath, invalid, notSupported, required } from '@kube-bonsai/apimachinery'
import { type Fields, isAbsent, objectsOf, textOf } from '../../meta/json.ts'
import { structuralProblem } from '../structural/convertible.ts'
import { findField } from './field-path.ts'

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']
const breaks = /[\n\r]/
const listName = 'x-kubernetes-validations'

/** Checks what stands around the expressions of a schema's rules. The expressions themselves need CEL. */
export function ruleErrors(schema: Fields, path: FieldPath): readonly FieldError[] {
  return objectsOf(schema[listName]).flatMap((rule, index) => oneRule(schema, rule, path.child(listName).index(index)))
}

function oneRule(schema: Fields, rule: Fields, path: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  const text = (name: string) => textOf(rule[name])
  const [expression, message, messageExpression, fieldPath] = [
    text('rule').trim(),
    text('message').trim(),
    text('messageExpression').trim(),
    text('fieldPath'),
  ]
  const invalidMessage = (why: string) => errors.push(invalid(path.child('message'), text('message'), why))
  if (expression === '') errors.push(required(path.child('rule'), 'rule is not specified'))
  else if (text('message') !== '' && message === '') invalidMessage('must be non-empty if specified')
  else if (breaks.test(message)) invalidMessage('must not contain line breaks')
  else if (breaks.test(expression) && message === '')
    errors.push(required(path.child('message'), 'message must be specified if rule contains line breaks'))
  if (text('messageExpression') !== '' && messageExpression === '') {
    const why = 'messageExpression must be non-empty if specified'
    errors.push(required(path.child('messageExpression'), why))
  }
  if (!isAbsent(rule['reason']) && !reasons.includes(text('reason')))
    errors.push(notSupported(path.child('reason'), rule['reason'], reasons))
  const at = path.child('fieldPath')
  if (fieldPath !== '' && fieldPath.trim() === '') errors.push(invalid(at, fieldPath, 'must be non-empty if specified'))
  if (breaks.test(fieldPath)) errors.push(invalid(at, fieldPath, 'must not contain line breaks'))
  if (fieldPath !== '' && structuralProblem(schema) === '' && 'problem' in findField(fieldPath, schema, true))
    errors.push(invalid(at, fieldPath, 'must be a valid path'))
  return errors
}
