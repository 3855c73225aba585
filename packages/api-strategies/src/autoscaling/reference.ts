import { type FieldError, type FieldPath, invalid, isValidPathSegmentName } from '@kube-bonsai/apimachinery'
import { requiredThen } from '../meta/checks.ts'
import { type Fields, textOf } from '../meta/json.ts'

/** Which API versions a reference may have. */
export interface ReferenceOptions {
  readonly emptyGroup: boolean
  readonly anyApiVersion: boolean
}

/** Checks a reference to an object of the same namespace by its kind. */
export function referenceErrors(reference: Fields, path: FieldPath, options: ReferenceOptions): readonly FieldError[] {
  const problem = apiVersionProblem(reference, options)
  const at = path.child('apiVersion')
  return [
    ...requiredThen(reference['kind'], path.child('kind'), isValidPathSegmentName),
    ...requiredThen(reference['name'], path.child('name'), isValidPathSegmentName),
    ...(problem === undefined ? [] : [invalid(at, textOf(reference['apiVersion']), problem)]),
  ]
}

/** What is wrong with the API version of a reference. */
export function apiVersionProblem(reference: Fields, options: ReferenceOptions): string | undefined {
  if (options.anyApiVersion) return undefined
  const apiVersion = textOf(reference['apiVersion'])
  const parts = apiVersion === '/' ? [''] : apiVersion.split('/')
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`
  const group = parts.length === 2 ? parts[0] : ''
  return group === '' && !options.emptyGroup ? 'apiVersion must specify API group' : undefined
}
