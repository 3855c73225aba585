import { type FieldError, FieldPath, forbidden, invalid } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, numberOf, textOf, withField } from '../meta/json.ts'
import type { Room } from '../room.ts'
import type { StrategyContext } from '../strategy.ts'
import { countErrors } from '../workloads/amounts.ts'
import { strategyErrors } from './lease-strategies.ts'

const specPath = FieldPath.of('spec')
const coordinated = ['strategy', 'preferredHolder'] as const

function leaseErrors(lease: Fields): readonly FieldError[] {
  const spec = fieldsOf(lease['spec'])
  const { leaseDurationSeconds: duration, strategy, preferredHolder } = spec
  const errors: FieldError[] = []
  if (!isAbsent(duration) && numberOf(duration) <= 0) {
    errors.push(invalid(specPath.child('leaseDurationSeconds'), duration, 'must be greater than 0'))
  }
  errors.push(...countErrors(spec, ['leaseTransitions'], specPath))
  if (!isAbsent(strategy)) errors.push(...strategyErrors(textOf(strategy), specPath.child('strategy')))
  if (!isEmpty(preferredHolder) && isEmpty(strategy)) {
    errors.push(forbidden(specPath.child('preferredHolder'), 'may only be specified if `strategy` is defined'))
  }
  return errors
}

/** Without the gate, fields of coordinated election stay only where the stored lease has them. */
function withoutCoordination(lease: Fields, old: Fields, { gates }: StrategyContext): Fields {
  if (gates.enabled('CoordinatedLeaderElection') || isAbsent(lease['spec'])) return lease
  const stored = fieldsOf(old['spec'])
  let spec = fieldsOf(lease['spec'])
  for (const name of coordinated) if (isAbsent(stored[name])) spec = withField(spec, name, undefined)
  return spec === lease['spec'] ? lease : { ...lease, spec }
}

/** @see pkg/registry/coordination/lease/strategy.go */
export const leaseRoom: Room = {
  group: 'coordination.k8s.io',
  kind: 'Lease',
  prepareForCreate: (lease, context) => withoutCoordination(lease, {}, context),
  validate: leaseErrors,
  update: { prepare: withoutCoordination, validate: leaseErrors },
}
