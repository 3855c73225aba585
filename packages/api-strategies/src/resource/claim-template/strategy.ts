import {
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  invalid,
  semanticEqual,
  validateAnnotations,
  validateLabels,
} from '@kube-bonsai/apimachinery'
import { templateMetadataErrors } from '../../core/persistent-volume-claim/spec-validation.ts'
import { internalValue } from '../../internal-form/internal-value.ts'
import { type Fields, fieldsOf, withField } from '../../meta/json.ts'
import { labelsOf } from '../../pod-template/validation/labels.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { adminAccessErrors } from '../claim/admin-access.ts'
import { withoutDisabledSpec } from '../claim/gated-fields.ts'
import { claimSpecErrors } from '../claim/spec-validation.ts'

const specPath = FieldPath.of('spec')
const claimSpecOf = (template: Fields): Fields => fieldsOf(fieldsOf(template['spec'])['spec'])

function prepare(template: Fields, old: Fields | undefined, context: StrategyContext): Fields {
  const spec = fieldsOf(template['spec'])
  const changed = withoutDisabledSpec(claimSpecOf(template), old && claimSpecOf(old), context)
  return withField(template, 'spec', withField(spec, 'spec', changed))
}

function templateErrors(template: Fields, context: StrategyContext): readonly FieldError[] {
  const metadata = fieldsOf(fieldsOf(template['spec'])['metadata'])
  const path = specPath.child('metadata')
  return [
    ...validateAnnotations(labelsOf(metadata['annotations']), path.child('annotations')),
    ...validateLabels(labelsOf(metadata['labels']), path.child('labels')),
    ...templateMetadataErrors(metadata, path),
    ...claimSpecErrors(claimSpecOf(template), context, specPath.child('spec')),
  ]
}

function immutableErrors(template: Fields, old: Fields): readonly FieldError[] {
  const { spec } = template
  if (semanticEqual(spec ?? {}, old['spec'] ?? {})) return []
  return [invalid(specPath, internalValue('resource.ResourceClaimTemplateSpec', spec), fieldImmutableMessage)]
}

/** @see pkg/registry/resource/resourceclaimtemplate/strategy.go */
export const resourceClaimTemplateRoom: Room = {
  group: 'resource.k8s.io',
  kind: 'ResourceClaimTemplate',
  prepareForCreate: (template, context) => prepare(template, undefined, context),
  validate(template, context) {
    const { requests } = fieldsOf(claimSpecOf(template)['devices'])
    return [...adminAccessErrors(template, requests, context), ...templateErrors(template, context)]
  },
  update: {
    prepare,
    validate: (template, old, context) => [...templateErrors(template, context), ...immutableErrors(template, old)],
  },
}
