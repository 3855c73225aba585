import { type FieldError, FieldPath, forbidden, invalid, validateLabelName } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, listOf, objectsOf, textOf } from '../../meta/json.ts'

const inSelector = 'exists in both matchLabelKeys and labelSelector'

const repeated = (path: FieldPath, key: string): FieldError => ({
  ...invalid(path, key, inSelector),
  origin: 'duplicatedLabelKeys',
})

/**
 * Checks keys whose values come from the pod itself: label names that the selector does not speak of already.
 *
 * @see pkg/apis/core/validation/validation.go ValidateMatchLabelKeysAndMismatchLabelKeys
 */
export function labelKeyErrors(term: Fields, path: FieldPath): readonly FieldError[] {
  const match = listOf(term['matchLabelKeys']).map(textOf)
  const mismatch = listOf(term['mismatchLabelKeys']).map(textOf)
  const errors = [
    ...keyErrors(match, term, path.child('matchLabelKeys')),
    ...keyErrors(mismatch, term, path.child('mismatchLabelKeys')),
  ]
  if (!isAbsent(term['labelSelector'])) {
    const { matchLabels, matchExpressions } = fieldsOf(term['labelSelector'])
    const places = new Map(match.map((key, index) => [key, index]))
    const seen = new Set(Object.keys(fieldsOf(matchLabels)))
    for (const expression of objectsOf(matchExpressions)) {
      const key = textOf(expression['key'])
      const place = places.get(key)
      if (place !== undefined && seen.has(key)) errors.push(repeated(path.index(place), key))
      seen.add(key)
    }
  }
  for (const [index, key] of match.entries()) {
    if (!mismatch.includes(key)) continue
    errors.push({
      ...invalid(path.child('matchLabelKeys').index(index), key, 'exists in both matchLabelKeys and mismatchLabelKeys'),
      origin: 'duplicatedMismatchLabelKeys',
    })
  }
  return errors
}

function keyErrors(keys: readonly string[], term: Fields, path: FieldPath): readonly FieldError[] {
  if (keys.length === 0) return []
  if (isAbsent(term['labelSelector'])) {
    return [forbidden(path, 'must not be specified when labelSelector is not set')]
  }
  return keys.flatMap((key, index) => validateLabelName(key, path.index(index)))
}

/** The older check of the same keys, where nothing merges them into the selector. */
export function legacyLabelKeyErrors(term: Fields, path: FieldPath): readonly FieldError[] {
  const keys = listOf(term['matchLabelKeys']).map(textOf)
  if (keys.length === 0) return []
  const { matchLabels, matchExpressions } = fieldsOf(term['labelSelector'])
  const taken = new Set([
    ...Object.keys(fieldsOf(matchLabels)),
    ...objectsOf(matchExpressions).map(({ key }) => textOf(key)),
  ])
  const missing = isAbsent(term['labelSelector'])
    ? [forbidden(path, 'must not be specified when labelSelector is not set')]
    : []
  return [
    ...missing,
    ...keys.flatMap((key, index) => [
      ...validateLabelName(key, path.index(index)),
      ...(taken.has(key) ? [repeated(path.index(index), key)] : []),
    ]),
  ]
}

const nowhere = FieldPath.of('')

/** Whether a stored constraint fails the check of merged keys. */
export const hasNewKeyErrors = (term: Fields): boolean =>
  labelKeyErrors({ ...term, mismatchLabelKeys: undefined }, nowhere).length > 0

/** Whether a stored constraint fails the older check. */
export const hasLegacyKeyErrors = (term: Fields): boolean => legacyLabelKeyErrors(term, nowhere).length > 0
