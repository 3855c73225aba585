import {
  duplicate,
  type FieldError,
  type FieldPath,
  invalid,
  required,
  structListValue,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import type { PolicyExpressions } from '../expression-checker.ts'
import { ifSetOneOf, qualifiedNameErrors } from '../meta/checks.ts'
import { type Fields, fieldsOf, isFields, objectsOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'
import type { StrategyContext } from '../strategy.ts'
import { expressionErrors } from './match-conditions.ts'
import { sharedErrors, specOf, specPath, variableErrors } from './policy.ts'
import { policyStatusErrors } from './policy-status.ts'

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']
const maxAuditAnnotations = 20
const maxValueExpression = 5 * 1024
const nothingToDo = 'validations or auditAnnotations must contain at least one item'

/** What the parts of one policy need to be checked. */
interface Checks {
  readonly expressions: PolicyExpressions | undefined
  readonly hasParams: boolean
  readonly old: Fields
}

function policyErrors(policy: Fields, old: Fields | undefined, context: StrategyContext): readonly FieldError[] {
  const spec = specOf(policy)
  const before = specOf(old ?? {})
  const checks = {
    expressions: context.admissionExpressions?.policy(objectsOf(spec['variables']).length > 0),
    hasParams: isFields(spec['paramKind']),
    old: before,
  }
  const validations = objectsOf(spec['validations'])
  const annotations = objectsOf(spec['auditAnnotations'])
  const errors = [
    ...sharedErrors(policy, old, context),
    ...variableErrors(spec, textsIn(before['validations'], 'expression'), checks.expressions),
  ]
  if (validations.length === 0 && annotations.length === 0) {
    for (const name of ['validations', 'auditAnnotations']) errors.push(required(specPath.child(name), nothingToDo))
    return errors
  }
  validations.forEach((validation, index) => {
    errors.push(...validationErrors(validation, specPath.child('validations').index(index), checks))
  })
  return [...errors, ...annotationErrors(annotations, textOf(fieldsOf(policy['metadata'])['name']), checks)]
}

const textsIn = (items: unknown, name: string): ReadonlySet<string> =>
  new Set(objectsOf(items).map((item) => textOf(item[name])))

function validationErrors(validation: Fields, at: FieldPath, checks: Checks): readonly FieldError[] {
  const { expressions, hasParams, old } = checks
  const expression = textOf(validation['expression'])
  const messageExpression = textOf(validation['messageExpression'])
  const message = textOf(validation['message'])
  const errors: FieldError[] = []
  if (expression.trim() === '') errors.push(required(at.child('expression'), 'expression is not specified'))
  else {
    const stored = textsIn(old['validations'], 'expression').has(expression)
    const problem = expressions?.check(expression, { kind: 'validation', hasParams, hasAuthorizer: true, stored })
    errors.push(...expressionErrors(problem, expression, at.child('expression')))
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(invalid(at.child('messageExpression'), messageExpression, 'must be non-empty if specified'))
  } else if (messageExpression !== '') {
    const stored = textsIn(old['validations'], 'messageExpression').has(messageExpression)
    const options = { kind: 'messageExpression', hasParams, hasAuthorizer: false, stored } as const
    const problem = expressions?.check(messageExpression, options)
    errors.push(...expressionErrors(problem, messageExpression, at.child('messageExpression')))
  }
  if (message !== '' && message.trim() === '') {
    errors.push(invalid(at.child('message'), message, 'must be non-empty if specified'))
  } else if (/[\n\r]/.test(message.trim())) {
    errors.push(invalid(at.child('message'), message, 'must not contain line breaks'))
  }
  return [...errors, ...ifSetOneOf(validation['reason'], at.child('reason'), reasons)]
}

function annotationErrors(annotations: readonly Fields[], name: string, checks: Checks): readonly FieldError[] {
  const path = specPath.child('auditAnnotations')
  const errors: FieldError[] = []
  if (annotations.length > maxAuditAnnotations) {
    const shown = annotations.map(({ key, valueExpression }) => ({
      Key: textOf(key),
      ValueExpression: textOf(valueExpression),
    }))
    const detail = `must not have more than ${maxAuditAnnotations} auditAnnotations`
    errors.push(invalid(path, structListValue(shown, ['Key', 'ValueExpression']), detail))
  }
  const seen = new Set<string>()
  annotations.forEach((annotation, index) => {
    const at = path.index(index)
    const key = textOf(annotation['key'])
    errors.push(...keyErrors(key, name, at.child('key')))
    errors.push(...valueErrors(textOf(annotation['valueExpression']), at.child('valueExpression'), checks))
    if (seen.has(key)) errors.push(duplicate(at.child('key'), key))
    seen.add(key)
  })
  return errors
}

function keyErrors(key: string, name: string, at: FieldPath): readonly FieldError[] {
  if (name === '') return [invalid(at, key, 'requires metadata.name be non-empty')]
  const full = `${name}/${key}`
  return qualifiedNameErrors(full, at)
}

function valueErrors(value: string, at: FieldPath, checks: Checks): readonly FieldError[] {
  const trimmed = value.trim()
  if (trimmed === '') return [required(at, 'valueExpression is not specified')]
  if (utf8Length(trimmed) > maxValueExpression) {
    return [required(at, `must not exceed ${maxValueExpression} bytes in length`)]
  }
  const { expressions, hasParams, old } = checks
  const stored = textsIn(old['auditAnnotations'], 'valueExpression').has(value)
  const problem = expressions?.check(trimmed, { kind: 'auditAnnotation', hasParams, hasAuthorizer: true, stored })
  return expressionErrors(problem, value, at)
}

/** @see pkg/registry/admissionregistration/validatingadmissionpolicy/strategy.go */
export const validatingAdmissionPolicyRoom: Room = {
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicy',
  validate: (policy, context) => policyErrors(policy, undefined, context),
  update: { validate: policyErrors },
  status: { validate: policyStatusErrors },
}
