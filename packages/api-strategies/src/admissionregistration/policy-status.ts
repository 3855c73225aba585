import { type Condition, type FieldError, FieldPath, required, validateConditions } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, objectsOf, textOf } from '../meta/json.ts'

const path = FieldPath.of('status')

/** A condition whose fields have the types that they should have. */
function conditionOf(fields: Fields): Condition {
  const { observedGeneration, lastTransitionTime: moved } = fields
  const status = textOf(fields['status'])
  return {
    type: textOf(fields['type']),
    // Every text may come here; the check refuses the wrong ones.
    status: status as Condition['status'],
    reason: textOf(fields['reason']),
    message: textOf(fields['message']),
    ...(typeof moved === 'string' ? { lastTransitionTime: moved } : {}),
    ...(typeof observedGeneration === 'number' ? { observedGeneration } : {}),
  }
}

/** Checks conditions of the shared form. */
export function conditionErrors(conditions: unknown, at: FieldPath): readonly FieldError[] {
  return validateConditions(objectsOf(conditions).map(conditionOf), at)
}

/** Checks what the type checker has found, and the conditions. */
export function policyStatusErrors(policy: Fields): readonly FieldError[] {
  const { typeChecking, conditions } = fieldsOf(policy['status'])
  const warnings = objectsOf(fieldsOf(typeChecking)['expressionWarnings'])
  const at = path.child('typeChecking', 'expressionWarnings')
  return [
    ...warnings.flatMap(({ warning, fieldRef }, index) => [
      ...(textOf(warning) === '' ? [required(at.index(index).child('warning'))] : []),
      ...(textOf(fieldRef).trim() === '' ? [required(at.index(index).child('fieldRef'))] : []),
    ]),
    ...conditionErrors(conditions, path.child('conditions')),
  ]
}
