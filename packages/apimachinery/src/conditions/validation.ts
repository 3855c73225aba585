import { duplicate, invalid, notSupported, required, tooLong } from '../field/errors.ts'
import type { FieldPath } from '../field/path.ts'
import type { FieldError } from '../field-error.ts'
import { validateLabelName } from '../labels/validation.ts'
import { regexMessage } from '../names/messages.ts'
import type { Condition } from '../objects.ts'
import { utf8Length } from '../text/utf8.ts'

const reason = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?'
const reasonRule =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'"
const isReason = new RegExp(`^${reason}$`)
const maxReasonLength = 1024
const maxMessageLength = 32 * 1024

/**
 * Checks conditions of the shared form, their types without repetition.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go
 */
export function validateConditions(
  conditions: readonly Condition[] | undefined,
  path: FieldPath,
): readonly FieldError[] {
  const seen = new Set<string>()
  return (conditions ?? []).flatMap((condition, i) => {
    const at = path.index(i)
    const repeated = seen.has(condition.type) ? [duplicate(at.child('type'), condition.type)] : []
    seen.add(condition.type)
    return [...repeated, ...validateCondition(condition, at)]
  })
}

/** Checks one condition of the shared form. */
export function validateCondition(condition: Condition, path: FieldPath): readonly FieldError[] {
  const { type = '', status, reason: why = '', message = '', lastTransitionTime, observedGeneration = 0 } = condition
  const errors: FieldError[] = [...validateLabelName(type, path.child('type'))]
  if (!['True', 'False', 'Unknown'].includes(status)) {
    errors.push(notSupported(path.child('status'), status ?? '', ['False', 'True', 'Unknown']))
  }
  if (observedGeneration < 0) {
    errors.push(invalid(path.child('observedGeneration'), observedGeneration, 'must be greater than or equal to zero'))
  }
  if ((lastTransitionTime ?? undefined) === undefined) errors.push(required(path.child('lastTransitionTime')))
  errors.push(...reasonErrors(why, path.child('reason')))
  if (utf8Length(message) > maxMessageLength) errors.push(tooLong(path.child('message'), maxMessageLength))
  return errors
}

function reasonErrors(why: string, path: FieldPath): readonly FieldError[] {
  if (why === '') return [required(path)]
  const examples = ['my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB'] as const
  const errors = isReason.test(why) ? [] : [invalid(path, why, regexMessage(reasonRule, reason, ...examples))]
  return utf8Length(why) > maxReasonLength ? [...errors, tooLong(path, maxReasonLength)] : errors
}
