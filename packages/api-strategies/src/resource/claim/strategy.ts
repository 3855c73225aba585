import { type FieldError, FieldPath, fieldImmutableMessage, invalid, semanticEqual } from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { type Fields, fieldsOf, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { covered, withDeclarative } from '../declarative/coverage.ts'
import { declarativeErrors } from '../declarative/validate.ts'
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
  return covered([{ ...invalid(specPath, value, fieldImmutableMessage), origin: 'immutable' }])
}

/** @see pkg/registry/resource/resourceclaim/strategy.go */
export const resourceClaimRoom: Room = {
  group: 'resource.k8s.io',
  kind: 'ResourceClaim',
  prepareForCreate: (claim, context) => prepare(claim, undefined, context),
  validate(claim, context) {
    const spec = fieldsOf(claim['spec'])
    const { requests } = fieldsOf(spec['devices'])
    const errors = [...adminAccessErrors(claim, requests, context), ...claimSpecErrors(spec, context, specPath)]
    return withDeclarative(errors, context, () => declarativeErrors('ResourceClaim', claim))
  },
  update: {
    prepare,
    validate: (claim, old, context) =>
      withDeclarative(immutableErrors(claim, old), context, () => declarativeErrors('ResourceClaim', claim, old)),
  },
  status: {
    prepare: preparedStatus,
    validate: (claim, old, context) => {
      const errors = [...adminResultErrors(claim, old, context), ...claimStatusErrors(claim, old)]
      return withDeclarative(errors, context, () => declarativeErrors('ResourceClaim', claim, old))
    },
  },
}
