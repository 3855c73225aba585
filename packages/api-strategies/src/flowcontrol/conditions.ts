import { duplicate, type FieldError, FieldPath, required } from '@kube-bonsai/apimachinery'
import { named } from '../meta/checks.ts'
import { type Fields, fieldsOf, objectsOf, textOf } from '../meta/json.ts'

const path = FieldPath.of('status', 'conditions')

/** Checks that every condition of the status has a type of its own. */
export function conditionErrors(object: Fields): readonly FieldError[] {
  const seen = new Set<string>()
  return objectsOf(fieldsOf(object['status'])['conditions']).flatMap((condition, index) => {
    const type = textOf(condition['type'])
    const at = path.index(index).child('type')
    const repeated = seen.has(type) ? [duplicate(at, named(type))] : []
    seen.add(type)
    return [...repeated, ...(type === '' ? [required(at)] : [])]
  })
}
