import type { FieldError } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isEmpty, objectsOf, withField } from '../meta/json.ts'
import { withDeclarative } from '../resource/declarative/coverage.ts'
import type { Room, UpdateRules } from '../room.ts'
import type { StrategyContext } from '../strategy.ts'
import { declaredDecisionErrors, type RequestWrite, requestErrors, requestUpdateErrors } from './request-validation.ts'

/** A request says who made it, whatever the client wrote there. */
function withRequester(spec: Fields, { user }: StrategyContext): Fields {
  const { username: _, uid: __, groups: ___, extra: ____, ...rest } = spec
  if (user === undefined) return rest
  const { name, uid, groups = [] } = user
  return {
    ...rest,
    username: name,
    ...(isEmpty(uid) ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
  }
}

/** Conditions with the times that the client left out; a condition that did not change keeps its time. */
function timedConditions(conditions: unknown, old: unknown, now: string): readonly Fields[] {
  return objectsOf(conditions).map((condition) => {
    const same = objectsOf(old).find(
      ({ type, status, lastTransitionTime }) =>
        type === condition['type'] && status === condition['status'] && !isEmpty(lastTransitionTime),
    )
    const updated = isEmpty(condition['lastUpdateTime']) ? withField(condition, 'lastUpdateTime', now) : condition
    if (!isEmpty(condition['lastTransitionTime'])) return updated
    return withField(updated, 'lastTransitionTime', same?.['lastTransitionTime'] ?? now)
  })
}

const conditionsOf = (request: Fields): unknown => fieldsOf(request['status'])['conditions']

function approve(request: Fields, old: Fields, { now }: StrategyContext): Fields {
  const conditions = timedConditions(conditionsOf(request), conditionsOf(old), now)
  const status = withField(fieldsOf(old['status']), 'conditions', conditions.length === 0 ? undefined : conditions)
  return { ...request, spec: old['spec'], status }
}

/** Status writers may add a failure, but not touch the decision: approvals and denials stay as they are. */
function keepDecision(request: Fields, old: Fields, { now }: StrategyContext): Fields {
  const status = fieldsOf(request['status'])
  if (isEmpty(status['conditions'])) return request
  const stored = objectsOf(conditionsOf(old))
  let conditions = objectsOf(status['conditions'])
  for (const decision of ['Approved', 'Denied']) {
    const known = stored.filter(({ type }) => type === decision)
    if (conditions.filter(({ type }) => type === decision).length !== known.length) continue
    const rest = [...known]
    conditions = conditions.map((condition) =>
      condition['type'] === decision ? (rest.shift() ?? condition) : condition,
    )
  }
  return { ...request, status: { ...status, conditions: timedConditions(conditions, stored, now) } }
}

function declared(errors: readonly FieldError[], request: Fields, old: Fields | undefined, context: StrategyContext) {
  return withDeclarative(errors, context, () => declaredDecisionErrors(request, old))
}

function updateErrors(write: RequestWrite): NonNullable<UpdateRules['validate']> {
  return (request, old, context) => declared(requestUpdateErrors(request, old, write), request, old, context)
}

/** @see pkg/registry/certificates/certificates/strategy.go */
export const certificateSigningRequestRoom: Room = {
  group: 'certificates.k8s.io',
  kind: 'CertificateSigningRequest',
  prepareForCreate: (request, context) => ({ ...request, spec: withRequester(fieldsOf(request['spec']), context) }),
  validate: (request, context) => declared(requestErrors(request, undefined), request, undefined, context),
  update: {
    prepare: (request, old) => ({ ...request, spec: old['spec'] }),
    validate: updateErrors({ setsDecision: false, setsCertificate: false }),
  },
  status: {
    prepare: keepDecision,
    validate: updateErrors({ setsDecision: false, setsCertificate: true }),
  },
  subresources: {
    approval: {
      prepare: approve,
      validate: updateErrors({ setsDecision: true, setsCertificate: false }),
    },
  },
  selectableFields: (request) => ({ 'spec.signerName': String(fieldsOf(request['spec'])['signerName'] ?? '') }),
}
