import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '@kube-bonsai/apimachinery'
import { named } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, numberOf } from '../meta/json.ts'
import type { Room } from '../room.ts'
import { conditionErrors } from './conditions.ts'

const path = FieldPath.of('spec')
const roundTrip = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares'
const maxQueues = 10_000_000
const maxHashBits = 60
const notNegative = 'must be a non-negative integer'

function levelErrors(level: Fields): readonly FieldError[] {
  const { name, annotations } = fieldsOf(level['metadata'])
  const kept = Object.hasOwn(fieldsOf(annotations), roundTrip)
  return [
    ...(kept ? [forbidden(FieldPath.of('metadata', 'annotations'), `annotation '${roundTrip}' is forbidden`)] : []),
    ...specErrors(fieldsOf(level['spec']), name === 'exempt'),
    ...conditionErrors(level),
  ]
}

function specErrors(spec: Fields, mustBeExempt: boolean): readonly FieldError[] {
  const { type, limited, exempt } = spec
  const at = path.child('type')
  const errors: FieldError[] = []
  if (mustBeExempt !== (type === 'Exempt')) {
    errors.push(invalid(at, named(type), "must be 'Exempt' if and only if `name` is 'exempt'"))
  }
  switch (type) {
    case 'Exempt':
      if (isFields(limited)) errors.push(forbidden(path.child('limited'), 'must be nil if the type is not Limited'))
      return [...errors, ...(isFields(exempt) ? shareErrors(exempt, path.child('exempt')) : [])]
    case 'Limited':
      if (isFields(exempt)) errors.push(forbidden(path.child('exempt'), 'must be nil if the type is Limited'))
      if (!isFields(limited)) {
        return [...errors, required(path.child('limited'), 'must not be empty when type is Limited')]
      }
      return [...errors, ...limitedErrors(limited, path.child('limited'))]
    default:
      return [...errors, notSupported(at, named(type), ['Exempt', 'Limited'])]
  }
}

function shareErrors(shares: Fields, at: FieldPath): readonly FieldError[] {
  return [...nominalErrors(shares, at), ...lendableErrors(shares, at)]
}

function nominalErrors({ nominalConcurrencyShares: nominal }: Fields, at: FieldPath): readonly FieldError[] {
  return numberOf(nominal) < 0 ? [invalid(at.child('nominalConcurrencyShares'), nominal, notNegative)] : []
}

function lendableErrors({ lendablePercent: percent }: Fields, at: FieldPath): readonly FieldError[] {
  const inRange = numberOf(percent) >= 0 && numberOf(percent) <= 100
  return inRange ? [] : [invalid(at.child('lendablePercent'), percent, 'must be between 0 and 100, inclusive')]
}

function limitedErrors(limited: Fields, at: FieldPath): readonly FieldError[] {
  const { borrowingLimitPercent: borrowing } = limited
  return [
    ...nominalErrors(limited, at),
    ...responseErrors(fieldsOf(limited['limitResponse']), at.child('limitResponse')),
    ...lendableErrors(limited, at),
    ...(isAbsent(borrowing) || numberOf(borrowing) >= 0
      ? []
      : [invalid(at.child('borrowingLimitPercent'), borrowing, `if specified, ${notNegative}`)]),
  ]
}

function responseErrors({ type, queuing }: Fields, at: FieldPath): readonly FieldError[] {
  const queuingPath = at.child('queuing')
  switch (type) {
    case 'Reject':
      return isFields(queuing)
        ? [forbidden(queuingPath, 'must be nil if limited.limitResponse.type is not Limited')]
        : []
    case 'Queue':
      return isFields(queuing)
        ? queuingErrors(queuing, queuingPath)
        : [required(queuingPath, 'must not be empty if limited.limitResponse.type is Limited')]
    default:
      return [notSupported(at.child('type'), named(type), ['Queue', 'Reject'])]
  }
}

function queuingErrors(queuing: Fields, at: FieldPath): readonly FieldError[] {
  const limit = numberOf(queuing['queueLengthLimit'])
  const queues = numberOf(queuing['queues'])
  const hand = numberOf(queuing['handSize'])
  const handPath = at.child('handSize')
  const errors: FieldError[] = []
  if (limit <= 0) errors.push(invalid(at.child('queueLengthLimit'), limit, 'must be positive'))
  if (queues <= 0) errors.push(invalid(at.child('queues'), queues, 'must be positive'))
  else if (queues > maxQueues) {
    errors.push(invalid(at.child('queues'), queues, `must not be greater than ${maxQueues}`))
  }
  if (hand <= 0) return [...errors, invalid(handPath, hand, 'must be positive')]
  if (hand > queues) return [...errors, invalid(handPath, hand, `should not be greater than queues (${queues})`)]
  // How many bits it takes to choose that many queues.
  if (Math.ceil(Math.log2(queues) * hand) <= maxHashBits) return errors
  const detail = `required entropy bits of deckSize ${queues} and handSize ${hand} should not be greater than ${maxHashBits}`
  return [...errors, invalid(handPath, hand, detail)]
}

/** @see pkg/registry/flowcontrol/prioritylevelconfiguration/strategy.go */
export const priorityLevelRoom: Room = {
  group: 'flowcontrol.apiserver.k8s.io',
  kind: 'PriorityLevelConfiguration',
  validate: levelErrors,
  update: { validate: levelErrors },
  status: { validate: conditionErrors },
}
