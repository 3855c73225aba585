import {
  duplicate,
  type FieldError,
  type FieldPath,
  invalid,
  nameIsDNSSubdomain,
  required,
} from '@kube-bonsai/apimachinery'
import { invalidEach, labelErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, objectsOf, textOf } from '../../meta/json.ts'

/** Checks which claims were made for a pod. */
export function claimStatusErrors(statuses: unknown, spec: Fields, path: FieldPath): readonly FieldError[] {
  const known = new Set(objectsOf(spec['resourceClaims']).map(({ name }) => textOf(name)))
  const seen = new Set<string>()
  return objectsOf(statuses).flatMap((status, index) => {
    const at = path.index(index).child('name')
    const name = textOf(status['name'])
    const claim = status['resourceClaimName']
    const errors: FieldError[] = []
    if (!known.has(name)) errors.push(invalid(at, name, 'must match the name of an entry in `spec.resourceClaims`'))
    if (seen.has(name)) errors.push(duplicate(at, name))
    seen.add(name)
    if (isAbsent(claim)) return errors
    return [...errors, ...invalidEach(at, claim, nameIsDNSSubdomain(textOf(claim), false))]
  })
}

const containersOnly = 'must match the name of an entry in spec.initContainers.name or spec.containers.name'
const requestsOnly =
  'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests'

/** Checks which claim serves the extended resources of a pod. */
export function extendedClaimErrors(status: unknown, spec: Fields, path: FieldPath): readonly FieldError[] {
  if (!isFields(status)) return []
  const containers = new Map(
    [...objectsOf(spec['initContainers']), ...objectsOf(spec['containers'])].map((item) => [
      textOf(item['name']),
      item,
    ]),
  )
  const mappings = objectsOf(status['requestMappings'])
  const listPath = path.child('requestMappings')
  const seen = new Set<string>()
  const errors: FieldError[] =
    mappings.length === 0 ? [required(listPath, 'at least one request mapping is required')] : []
  for (const [index, mapping] of mappings.entries()) {
    const at = listPath.index(index)
    const containerName = textOf(mapping['containerName'])
    const resourceName = textOf(mapping['resourceName'])
    const requestName = textOf(mapping['requestName'])
    const container = containers.get(containerName)
    if (container === undefined) errors.push(invalid(at.child('containerName'), containerName, containersOnly))
    else if (!Object.hasOwn(fieldsOf(fieldsOf(container['resources'])['requests']), resourceName)) {
      errors.push(invalid(at.child('resourceName'), resourceName, requestsOnly))
    }
    errors.push(...labelErrors(requestName, path.child('requestName')))
    const key = JSON.stringify([containerName, resourceName, requestName])
    if (seen.has(key)) {
      errors.push(duplicate(at.child('containerName'), containerName))
      errors.push(duplicate(at.child('resourceName'), resourceName))
      errors.push(duplicate(at.child('requestName'), requestName))
    }
    seen.add(key)
  }
  const claim = textOf(status['resourceClaimName'])
  const claimPath = path.child('resourceClaimName')
  if (claim === '') return [...errors, required(claimPath)]
  return [...errors, ...invalidEach(claimPath, claim, nameIsDNSSubdomain(claim, false))]
}
