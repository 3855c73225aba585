import { type FieldError, type FieldPath, invalid, notSupported, required } from '@kube-bonsai/apimachinery'
import { labelErrors, named, subdomainErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf, numberOf, textOf } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'
import { configurationErrors } from '../configuration.ts'
import { covered } from '../declarative/coverage.ts'
import { listErrors, setErrors } from '../lists.ts'
import { fullyQualifiedNameErrors, type RequestNames, requestNamesOf, requestRefErrors } from '../names.ts'
import { deviceSelectorErrors } from '../selectors.ts'
import { tolerationErrors } from '../taints.ts'

/** How many requests, constraints and configurations a claim may have. */
export const maxRequests = 32
const maxAlternatives = 8
const oneOf = 'exactly one of `exactly` or `firstAvailable` is required'

const nameOf = (item: unknown): string => textOf(fieldsOf(item)['name'])

/** Checks what a claim asks for. @see pkg/apis/resource/validation/validation.go validateResourceClaimSpec */
export function claimSpecErrors(spec: Fields, context: StrategyContext, path: FieldPath): readonly FieldError[] {
  const devices = fieldsOf(spec['devices'])
  const at = path.child('devices')
  const names = requestNamesOf(devices['requests'])
  const request = (item: unknown, below: FieldPath): readonly FieldError[] =>
    requestErrors(fieldsOf(item), context, below)
  return [
    ...setErrors(devices['requests'], maxRequests, request, nameOf, at.child('requests')),
    ...listErrors(
      devices['constraints'],
      maxRequests,
      (item, below) => constraintErrors(fieldsOf(item), names, context, below),
      at.child('constraints'),
    ),
    ...listErrors(
      devices['config'],
      maxRequests,
      (item, below) => [
        ...requestRefsErrors(fieldsOf(item), names, below),
        ...configurationErrors(fieldsOf(item), false, below),
      ],
      at.child('config'),
    ),
  ]
}

function requestErrors(request: Fields, context: StrategyContext, path: FieldPath): readonly FieldError[] {
  const { exactly, firstAvailable } = request
  const errors = labelErrors(request['name'], path.child('name'))
  const alternatives = listOf(firstAvailable).length > 0
  if (isFields(exactly) && alternatives) {
    return [...errors, invalid(path, null, `${oneOf}, but multiple fields are set`)]
  }
  if (isFields(exactly)) return [...errors, ...wantedErrors(exactly, context, path.child('exactly'))]
  if (!alternatives) return [...errors, required(path, oneOf)]
  const alternative = (item: unknown, at: FieldPath): readonly FieldError[] => {
    const sub = fieldsOf(item)
    return [...labelErrors(sub['name'], at.child('name')), ...wantedErrors(sub, context, at, true)]
  }
  return [...errors, ...setErrors(firstAvailable, maxAlternatives, alternative, nameOf, path.child('firstAvailable'))]
}

function wantedErrors(
  request: Fields,
  context: StrategyContext,
  path: FieldPath,
  alternative = false,
): readonly FieldError[] {
  const className = path.child('deviceClassName')
  const classErrors = isEmpty(request['deviceClassName'])
    ? [required(className)]
    : subdomainErrors(request['deviceClassName'], className)
  return [
    ...(alternative ? covered(classErrors) : classErrors),
    ...deviceSelectorErrors(request['selectors'], false, context, path.child('selectors')),
    ...allocationModeErrors(request, path),
    ...listOf(request['tolerations']).flatMap((item, index) =>
      tolerationErrors(item, path.child('tolerations').index(index)),
    ),
  ]
}

function allocationModeErrors(request: Fields, path: FieldPath): readonly FieldError[] {
  const mode = textOf(request['allocationMode'])
  const count = numberOf(request['count'])
  const at = path.child('count')
  if (mode === 'All')
    return count === 0 ? [] : [invalid(at, count, "must not be specified when allocationMode is 'All'")]
  if (mode === 'ExactCount') return count > 0 ? [] : [invalid(at, count, 'must be greater than zero')]
  return covered([notSupported(path.child('allocationMode'), named(mode), ['All', 'ExactCount'])])
}

function constraintErrors(
  constraint: Fields,
  names: RequestNames,
  { gates }: StrategyContext,
  path: FieldPath,
): readonly FieldError[] {
  const { matchAttribute, distinctAttribute } = constraint
  const errors = requestRefsErrors(constraint, names, path)
  if (!isAbsent(matchAttribute))
    return [...errors, ...covered(fullyQualifiedNameErrors(matchAttribute, path.child('matchAttribute')))]
  if (!isAbsent(distinctAttribute))
    return [...errors, ...fullyQualifiedNameErrors(distinctAttribute, path.child('distinctAttribute'))]
  if (!gates.enabled('DRAConsumableCapacity')) return [...errors, required(path.child('matchAttribute'))]
  const why = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'
  return [...errors, required(path, why)]
}

/** Checks the list of requests to which a constraint or configuration applies. */
export function requestRefsErrors(object: Fields, names: RequestNames, path: FieldPath): readonly FieldError[] {
  const ref = (item: unknown, at: FieldPath): readonly FieldError[] => requestRefErrors(item, names, at)
  return setErrors(object['requests'], maxRequests, ref, (item) => item, path.child('requests'))
}
