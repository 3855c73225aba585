import { type FieldError, FieldPath, forbidden, invalid } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isFields, listOf } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'
import { clusterIPsOf, isHeadless } from './address-validation.ts'
import { isHealthChecked, loadBalancerClassErrors, serviceErrors } from './validation.ts'

const specPath = FieldPath.of('spec')
const once = 'may not change once set'

/**
 * Checks a change of a service: the first address, the first family and the class of a load balancer stay while the
 * type needs them.
 *
 * @see pkg/apis/core/validation/validation.go ValidateServiceUpdate
 */
export function serviceUpdateErrors(service: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  const spec = fieldsOf(service['spec'])
  const stored = fieldsOf(old['spec'])
  return [
    ...clusterIPChangeErrors(spec, stored),
    ...familyChangeErrors(spec, stored),
    ...loadBalancerClassChangeErrors(spec, stored),
    ...healthCheckChangeErrors(spec, stored),
    ...serviceErrors(service, context, old),
  ]
}

const isExternal = (spec: Fields): boolean => spec['type'] === 'ExternalName'

function clusterIPChangeErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  if (isExternal(spec) || isExternal(stored) || (isHeadless(spec) && isHeadless(stored))) return []
  const next = clusterIPsOf(spec)
  const known = clusterIPsOf(stored)
  const path = specPath.child('clusterIPs')
  const value = isFields(spec['clusterIPs']) || next.length > 0 ? next : null
  if (known.length === next.length) {
    return known.flatMap((ip, index) => (ip === next[index] ? [] : [invalid(path.index(index), value, once)]))
  }
  const errors: FieldError[] = []
  if (next.length === 0) errors.push(invalid(path.index(0), value, 'primary clusterIP can not be unset'))
  else if (known.length > 0 && next[0] !== known[0]) errors.push(invalid(path.index(0), value, once))
  if (known.length > next.length && next.length === 1 && spec['ipFamilyPolicy'] !== 'SingleStack') {
    errors.push(releaseError(spec, 'clusterIP'))
  }
  return errors
}

function releaseError(spec: Fields, what: string): FieldError {
  const policy = spec['ipFamilyPolicy'] ?? null
  return invalid(
    specPath.child('ipFamilyPolicy'),
    policy,
    `must be set to 'SingleStack' when releasing the secondary ${what}`,
  )
}

function familyChangeErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  if (isExternal(spec) || isExternal(stored)) return []
  if (isHeadless(spec) || isHeadless(stored)) return []
  const next = listOf(spec['ipFamilies'])
  const known = listOf(stored['ipFamilies'])
  const path = specPath.child('ipFamilies').index(0)
  if (known.length === next.length) {
    return known.flatMap((family, index) => (family === next[index] ? [] : [invalid(path, next, once)]))
  }
  const errors: FieldError[] = []
  const addresses = clusterIPsOf(spec)
  const shown = addresses.length === 0 ? null : addresses
  if (known.length > next.length && addresses.length === 0) {
    errors.push(invalid(path, next.length === 0 ? null : next, 'primary ipFamily can not be unset'))
  }
  if (known.length > 0 && next.length > 0 && next[0] !== known[0]) errors.push(invalid(path, shown, once))
  if (known.length > next.length && next.length === 1 && spec['ipFamilyPolicy'] !== 'SingleStack') {
    errors.push(releaseError(spec, 'ipFamily'))
  }
  return errors
}

function loadBalancerClassChangeErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  const errors: FieldError[] = []
  if (spec['type'] === 'LoadBalancer' && stored['type'] === 'LoadBalancer') {
    const next = isAbsent(spec['loadBalancerClass']) ? null : spec['loadBalancerClass']
    const known = isAbsent(stored['loadBalancerClass']) ? null : stored['loadBalancerClass']
    if (next !== known) errors.push(invalid(specPath.child('loadBalancerClass'), next, once))
  }
  return [...errors, ...loadBalancerClassErrors(spec)]
}

function healthCheckChangeErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  if (!isHealthChecked(spec) || !isHealthChecked(stored)) return []
  if ((spec['healthCheckNodePort'] ?? 0) === (stored['healthCheckNodePort'] ?? 0)) return []
  return [forbidden(specPath.child('healthCheckNodePort'), 'field is immutable')]
}
