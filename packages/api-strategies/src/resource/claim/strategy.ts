import { type FieldError, FieldPath, fieldImmutableMessage, invalid, semanticEqual } from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { type Fields, fieldsOf, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { adminAccessErrors, adminResultErrors } from './admin-access.ts'
import { withoutDisabledSpec } from './gated-fields.ts'
import { preparedStatus } from './gated-status.ts'
import { claimSpecErrors } from './spec-validation.ts'
import { claimStatusErrors } from './status-validation.ts'

const specPath = FieldPath.of('spec')

function prepare(claim: Fields, old: Fields | undefined, context: StrategyContext): Fields {
  const stored = old && fieldsOf(old['spec'])
  return withField(claim, 'spec', withoutDisabledSpec(fieldsOf(claim['spec']), stored, context))
}

function immutableErrors(claim: Fields, old: Fields): readonly FieldError[] {
  const { spec } = claim
  if (semanticEqual(spec ?? {}, old['spec'] ?? {})) return []
  const value = internalValue('resource.ResourceClaimSpec', spec)
  return [{ ...invalid(specPath, value, fieldImmutableMessage), origin: 'immutable' }]
}

/** @see pkg/registry/resource/resourceclaim/strategy.go */
export const resourceClaimRoom: Room = {
  group: 'resource.k8s.io',
  kind: 'ResourceClaim',
  prepareForCreate: (claim, context) => prepare(claim, undefined, context),
  validate(claim, context) {
    const spec = fieldsOf(claim['spec'])
    const { requests } = fieldsOf(spec['devices'])
    return [...adminAccessErrors(claim, requests, context), ...claimSpecErrors(spec, context, specPath)]
  },
  update: { prepare, validate: immutableErrors },
  status: {
    prepare: preparedStatus,
    validate: (claim, old, context) => [...adminResultErrors(claim, old, context), ...claimStatusErrors(claim, old)],
  },
}
