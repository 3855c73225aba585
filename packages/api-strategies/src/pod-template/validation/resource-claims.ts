import { compareUtf8, duplicate, type FieldError, type FieldPath, notFound, required } from '@kube-bonsai/apimachinery'
import { labelErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, objectsOf, textOf } from '../../meta/json.ts'

/** Checks which claims of its pod a container uses, and which request of each. */
export function claimErrors(container: Fields, known: readonly string[], path: FieldPath): readonly FieldError[] {
  const seen = new Set<string>()
  return objectsOf(fieldsOf(container['resources'])['claims']).flatMap((claim, index) => {
    const at = path.index(index)
    const name = textOf(claim['name'])
    const request = textOf(claim['request'])
    if (name === '') return [required(at)]
    const errors = request === '' ? [] : [...labelErrors(request, at.child('request'))]
    const key = request === '' ? name : `${name}/${request}`
    const whole = request === '' && [...seen].some((other) => other.startsWith(`${name}/`))
    if (seen.has(name)) errors.push(duplicate(at, name))
    else if (seen.has(key) || whole) errors.push(duplicate(at, key))
    seen.add(key)
    return known.includes(name) ? errors : [...errors, { ...notFound(at, name), detail: unknownClaim(known) }]
  })
}

function unknownClaim(known: readonly string[]): string {
  const names = [...new Set(known)].filter((name) => name !== '').sort(compareUtf8)
  const start = 'must be one of the names in pod.spec.resourceClaims'
  return names.length === 0 ? `${start} which is empty` : `${start}: ${names.join(', ')}`
}
