import { FieldPath } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf } from '../../meta/json.ts'
import { isFraction, quantityOf } from '../../pod-template/validation/quantities.ts'

const classKey = 'volume.beta.kubernetes.io/storage-class'

/** Warns of what a claim says that is deprecated or means nothing. */
export function claimWarnings(claim: Fields): readonly string[] {
  const annotations = fieldsOf(fieldsOf(claim['metadata'])['annotations'])
  const path = FieldPath.of('metadata').child('annotations').key(classKey)
  const message = 'deprecated since v1.8; use "storageClassName" attribute instead'
  return [
    ...(Object.hasOwn(annotations, classKey) ? [`${path}: ${message}`] : []),
    ...claimSpecWarnings(fieldsOf(claim['spec']), FieldPath.of('spec')),
  ]
}

/** Warns of parts of bytes that a claim, or the template of one, asks for. */
export function claimSpecWarnings(spec: Fields, path: FieldPath): readonly string[] {
  return ['requests', 'limits'].flatMap((side) => {
    const amount = quantityOf(fieldsOf(fieldsOf(spec['resources'])[side])['storage'])
    if (!isFraction(amount)) return []
    const at = path.child('resources').child(side).key('storage')
    return [`${at}: fractional byte value "${amount.toString()}" is invalid, must be an integer`]
  })
}
