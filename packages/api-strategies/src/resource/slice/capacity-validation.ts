import { type FieldError, type FieldPath, forbidden, invalid, required } from '@kube-bonsai/apimachinery'
import type { Quantity } from '@kube-bonsai/quantity'
import { type Fields, fieldsOf, isAbsent, isFields, listOf } from '../../meta/json.ts'
import { quantityOf } from '../../pod-template/validation/quantities.ts'
import { setErrors } from '../lists.ts'

const maxValues = 10

/** Checks how much of a device's capacity may be asked for; only devices that are shared can say that. */
export function capacityErrors(given: unknown, shared: boolean, path: FieldPath): readonly FieldError[] {
  const capacity = fieldsOf(given)
  const policy = capacity['requestPolicy']
  const at = path.child('requestPolicy')
  if (!isFields(policy)) return []
  return shared
    ? policyErrors(quantityOf(capacity['value']), policy, at)
    : [forbidden(at, 'allowMultipleAllocations must be true')]
}

function policyErrors(total: Quantity, policy: Fields, path: FieldPath): readonly FieldError[] {
  const values = listOf(policy['validValues'])
  const range = policy['validRange']
  if (values.length > 0 && isFields(range)) {
    const why = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time'
    return [forbidden(path, why)]
  }
  const name = values.length > 0 ? 'validValues' : 'validRange'
  if (values.length === 0 && !isFields(range)) return []
  if (isAbsent(policy['default'])) return [required(path.child('default'), `required when ${name} is defined`)]
  const usual = quantityOf(policy['default'])
  if (values.length > 0) return valuesErrors(usual, total, values.map(quantityOf), path.child(name))
  return rangeErrors(usual, total, fieldsOf(range), path.child(name))
}

function valuesErrors(
  usual: Quantity,
  total: Quantity,
  values: readonly Quantity[],
  path: FieldPath,
): readonly FieldError[] {
  const unsorted = values.flatMap((value, index) => {
    const before = values[index - 1]
    if (before === undefined || before.cmp(value) <= 0) return []
    return [invalid(path.index(index), value.toString(), 'values must be sorted in ascending order')]
  })
  const texts = values.map((value) => ({ value, key: String(value.value()) }))
  const check = (item: unknown, at: FieldPath): readonly FieldError[] => {
    const { value } = item as { readonly value: Quantity }
    if (value.cmp(total) <= 0) return []
    return [invalid(at, value.toString(), `option is larger than capacity value: ${total.toString()}`)]
  }
  const keyOf = (item: unknown): unknown => (item as { readonly key: string }).key
  const errors = [...unsorted, ...setErrors(texts, maxValues, check, keyOf, path, false)]
  if (values.length <= maxValues && values.some((value) => value.cmp(usual) === 0)) return errors
  return [...errors, invalid(path, usual.toString(), 'default value is not valid according to the requestPolicy')]
}

function rangeErrors(usual: Quantity, total: Quantity, range: Fields, path: FieldPath): readonly FieldError[] {
  if (isAbsent(range['min'])) return [required(path.child('min'), 'required when validRange is defined')]
  const least = quantityOf(range['min'])
  const most = isAbsent(range['max']) ? undefined : quantityOf(range['max'])
  const errors: FieldError[] = []
  const refuse = (name: string, value: Quantity, why: string): void => {
    errors.push(invalid(path.child(name), value.toString(), why))
  }
  if (least.cmp(total) > 0) refuse('min', least, `min is larger than capacity value: ${total.toString()}`)
  if (usual.cmp(least) < 0) refuse('min', usual, `default is less than min: ${least.toString()}`)
  if (most !== undefined) {
    if (least.cmp(most) > 0) refuse('max', least, `min is larger than max: ${most.toString()}`)
    if (most.cmp(total) > 0) refuse('max', most, `max is larger than capacity value: ${total.toString()}`)
    if (usual.cmp(most) > 0) refuse('max', usual, `default is more than max: ${most.toString()}`)
  }
  if (isAbsent(range['step'])) return errors
  const step = quantityOf(range['step'])
  const first = least.add(step)
  if (first.cmp(total) > 0) {
    refuse('step', step, `one step ${first.toString()} is larger than capacity value: ${total.toString()}`)
  }
  for (const value of most === undefined ? [usual] : [usual, most]) {
    if (isStep(value, least, step)) continue
    refuse('step', value, `value is not a multiple of a given step (${step.toString()}) from (${least.toString()})`)
  }
  return errors
}

/** A step of zero, on which upstream breaks, leads nowhere. */
function isStep(value: Quantity, least: Quantity, step: Quantity): boolean {
  const wide = step.value()
  return wide !== 0n && (value.value() - least.value()) % wide === 0n
}
