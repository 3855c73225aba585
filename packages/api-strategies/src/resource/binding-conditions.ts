import { duplicate, type FieldError, type FieldPath, invalid, validateLabelName } from '@kube-bonsai/apimachinery'
import { type Fields, listOf, textOf } from '../meta/json.ts'
import { listErrors } from './lists.ts'

const max = 4
const wanted = 'bindingConditions'
const failing = 'bindingFailureConditions'

/** Checks the conditions for which a pod waits before it is bound, and those on which it gives up. */
export function bindingConditionErrors(object: Fields, path: FieldPath): readonly FieldError[] {
  const good = listOf(object[wanted]).map(textOf)
  const bad = listOf(object[failing]).map(textOf)
  const check = (item: unknown, at: FieldPath): readonly FieldError[] => validateLabelName(textOf(item), at)
  const errors: FieldError[] = [
    ...listErrors(object[wanted], max, check, path.child(wanted)),
    ...listErrors(object[failing], max, check, path.child(failing)),
    ...repeats(good, path.child(wanted)),
  ]
  const seen = new Set<string>()
  bad.forEach((condition, index) => {
    const at = path.child(failing).index(index)
    if (seen.has(condition)) errors.push(duplicate(at, condition))
    seen.add(condition)
    if (good.includes(condition)) {
      errors.push(invalid(at, condition, 'bindingFailureConditions must not overlap with bindingConditions'))
    }
  })
  if (good.length === 0 && bad.length > 0) {
    const why = 'bindingConditions are required to use bindingFailureConditions'
    errors.push(invalid(path.child(wanted), object[wanted] ?? null, why))
  }
  if (bad.length === 0 && good.length > 0) {
    const why = 'bindingFailureConditions are required to use bindingConditions'
    errors.push(invalid(path.child(failing), object[failing] ?? null, why))
  }
  return errors
}

function repeats(items: readonly string[], path: FieldPath): readonly FieldError[] {
  const seen = new Set<string>()
  return items.flatMap((item, index) => {
    if (seen.has(item)) return [duplicate(path.index(index), item)]
    seen.add(item)
    return []
  })
}
