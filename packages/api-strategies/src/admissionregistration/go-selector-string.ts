import { compareUtf8 } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, listOf, objectsOf, textOf } from '../meta/json.ts'

/** A label selector as Go's String method writes the struct, which upstream prints in one table. */
export function goSelectorString(selector: Fields): string {
  const labels = Object.entries(fieldsOf(selector['matchLabels']))
    .sort(([a], [b]) => compareUtf8(a, b))
    .map(([key, value]) => `${key}: ${textOf(value)},`)
    .join('')
  const expressions = objectsOf(selector['matchExpressions'])
    .map(({ key, operator, values }) => {
      return `LabelSelectorRequirement{Key:${textOf(key)},Operator:${textOf(operator)},Values:[${listOf(values).join(' ')}],},`
    })
    .join('')
  return `&LabelSelector{MatchLabels:map[string]string{${labels}},MatchExpressions:[]LabelSelectorRequirement{${expressions}},}`
}
