import type { SubjectAccessReviewSpec } from '@kube-bonsai/api-types/authorization/v1'
import {
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  isValidLabelValue,
  type KubeObject,
  type ObjectMeta,
  RenderedValue,
  required,
  structListValue,
  structValue,
  validateLabelName,
} from '@kube-bonsai/apimachinery'

/** Which review it is. */
export type ReviewKind = 'SelfSubjectAccessReview' | 'SubjectAccessReview' | 'LocalSubjectAccessReview'

/** What a review asks; that of a user about themselves names nobody. */
export function specOf(review: KubeObject): SubjectAccessReviewSpec {
  return (review as { readonly spec?: SubjectAccessReviewSpec }).spec ?? {}
}

/** Checks a review. @see pkg/apis/authorization/validation/validation.go */
export function validateReview(kind: ReviewKind, review: KubeObject): readonly FieldError[] {
  const spec = specOf(review)
  const { resourceAttributes, nonResourceAttributes, user = '', groups = [] } = spec
  const path = FieldPath.of('spec')
  const errors: FieldError[] = []
  if (resourceAttributes && nonResourceAttributes) {
    const shown = goValue(nonResourceAttributes, ['path', 'verb'])
    errors.push(
      invalid(path.child('nonResourceAttributes'), shown, 'cannot be specified in combination with resourceAttributes'),
    )
  }
  if (!resourceAttributes && !nonResourceAttributes) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    errors.push(invalid(path.child('resourceAttributes'), null, why))
  }
  if (kind !== 'SelfSubjectAccessReview' && user === '' && groups.length === 0)
    errors.push(invalid(path.child('user'), user, 'at least one of user or group must be specified'))
  return [...errors, ...selectorErrors(spec), ...metadataErrors(kind, review.metadata), ...localErrors(kind, review)]
}

function metadataErrors(kind: ReviewKind, metadata: ObjectMeta): readonly FieldError[] {
  const local = kind === 'LocalSubjectAccessReview'
  const filled = Object.entries(metadata).filter(
    ([key, value]) => key !== 'managedFields' && !(local && key === 'namespace') && !isEmpty(value),
  )
  if (filled.length === 0) return []
  const why = local ? 'must be empty except for namespace' : 'must be empty'
  return [invalid(FieldPath.of('metadata'), shownMetadata(metadata), why)]
}

const entryOrder = ['manager', 'operation', 'apiVersion', 'time', 'fieldsType', 'fieldsV1', 'subresource']

/** Metadata as Go shows it: fields in the order of the struct. */
function shownMetadata(metadata: ObjectMeta): RenderedValue {
  const { managedFields, ...rest } = metadata
  const shown = structValue(rest, metadataOrder)
  if (managedFields === undefined) return shown
  const entries = `"managedFields":${structListValue(managedFields, entryOrder).text}`
  return new RenderedValue(metadata, `${shown.text.slice(0, -1)},${entries}}`)
}

const metadataOrder = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
]

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return value === undefined || value === null || value === '' || value === 0
}

function localErrors(kind: ReviewKind, review: KubeObject): readonly FieldError[] {
  if (kind !== 'LocalSubjectAccessReview') return []
  const { resourceAttributes, nonResourceAttributes } = specOf(review)
  const errors: FieldError[] = []
  const namespace = resourceAttributes?.namespace ?? ''
  if (resourceAttributes && namespace !== (review.metadata.namespace ?? ''))
    errors.push(
      invalid(FieldPath.of('spec', 'resourceAttributes', 'namespace'), namespace, 'must match metadata.namespace'),
    )
  if (nonResourceAttributes) {
    const shown = goValue(nonResourceAttributes, ['path', 'verb'])
    errors.push(invalid(FieldPath.of('spec', 'nonResourceAttributes'), shown, 'disallowed on this kind of request'))
  }
  return errors
}

/** A value as Go shows an internal type: every field, by its Go name. */
function goValue(value: object, fields: readonly string[]): RenderedValue {
  const known = new Map<string, unknown>(Object.entries(value))
  const parts = fields.map((name) => {
    const goName = name.charAt(0).toUpperCase() + name.slice(1)
    return `${JSON.stringify(goName)}:${JSON.stringify(known.get(name) ?? '')}`
  })
  return new RenderedValue(value, `{${parts.join(',')}}`)
}

interface SelectorAttributes {
  readonly rawSelector?: string
  readonly requirements?: readonly SelectorPart[]
}

interface SelectorPart {
  readonly key?: string
  readonly operator?: string
  readonly values?: readonly string[]
}

function selectorErrors({ resourceAttributes }: SubjectAccessReviewSpec): readonly FieldError[] {
  if (!resourceAttributes) return []
  const path = FieldPath.of('spec', 'resourceAttributes')
  const { fieldSelector, labelSelector } = resourceAttributes
  return [
    ...attributesErrors(fieldSelector, path.child('fieldSelector'), fieldPartErrors),
    ...attributesErrors(labelSelector, path.child('labelSelector'), labelPartErrors),
  ]
}

function attributesErrors(
  selector: SelectorAttributes | undefined,
  path: FieldPath,
  partErrors: (part: SelectorPart, path: FieldPath) => readonly FieldError[],
): readonly FieldError[] {
  if (!selector) return []
  const { rawSelector = '', requirements = [] } = selector
  const errors: FieldError[] = []
  if (rawSelector !== '' && requirements.length > 0)
    errors.push(invalid(path.child('rawSelector'), rawSelector, 'may not specified at the same time as requirements'))
  if (rawSelector === '' && requirements.length === 0) {
    const why = `when ${path} is specified, requirements or rawSelector is required`
    errors.push(required(path.child('requirements'), why))
  }
  return [
    ...errors,
    ...requirements.flatMap((part, index) => partErrors(part, path.child('requirements').index(index))),
  ]
}

function fieldPartErrors(part: SelectorPart, path: FieldPath): readonly FieldError[] {
  const missing = part.key ? [] : [required(path.child('key'), 'must be specified')]
  return [...missing, ...valueCountErrors(part, path)]
}

function labelPartErrors(part: SelectorPart, path: FieldPath): readonly FieldError[] {
  return [
    ...valueCountErrors(part, path),
    ...validateLabelName(part.key ?? '', path.child('key')),
    ...(part.values ?? []).flatMap((value, index) =>
      isValidLabelValue(value).map((message) => invalid(path.child('values').index(index), value, message)),
    ),
  ]
}

/** Operators that are not known are let through: newer clients may know more of them. */
function valueCountErrors({ operator, values = [] }: SelectorPart, path: FieldPath): readonly FieldError[] {
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
    return [required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'")]
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0)
    return [forbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
  return []
}
