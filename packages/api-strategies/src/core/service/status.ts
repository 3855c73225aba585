import {
  type FieldError,
  FieldPath,
  forbidden,
  getWarningsForIP,
  invalid,
  isDNS1123Subdomain,
  isValidIPForLegacyField,
  parseIPSloppy,
  required,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, invalidEach } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, objectsOf, textOf } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'

const path = FieldPath.of('status').child('loadBalancer', 'ingress')

const ingressOf = (owner: Fields): readonly Fields[] =>
  objectsOf(fieldsOf(fieldsOf(owner['status'])['loadBalancer'])['ingress'])

/** Checks where a load balancer of a service is reached. */
export function serviceStatusErrors(service: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  const ingress = ingressOf(service)
  if (fieldsOf(service['spec'])['type'] !== 'LoadBalancer' && ingress.length > 0) {
    return [forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")]
  }
  const strict = context.gates.enabled('StrictIPCIDRValidation')
  const oldValues = ingressOf(old)
    .map(({ ip }) => textOf(ip))
    .filter((ip) => ip !== '')
  return ingress.flatMap((point, index) => {
    const at = path.index(index)
    const ip = textOf(point['ip'])
    return [
      ...(ip === '' ? [] : isValidIPForLegacyField(at.child('ip'), ip, { strict, oldValues })),
      ...modeErrors(point['ipMode'], ip, at.child('ipMode')),
      ...hostnameErrors(textOf(point['hostname']), at.child('hostname')),
    ]
  })
}

function modeErrors(mode: unknown, ip: string, at: FieldPath): readonly FieldError[] {
  if (isAbsent(mode)) return ip === '' ? [] : [required(at, 'must be specified when `ip` is set')]
  if (ip === '') return [forbidden(at, 'may not be specified when `ip` is not set')]
  return ifSetOneOf(mode, at, ['Proxy', 'VIP'])
}

function hostnameErrors(name: string, at: FieldPath): readonly FieldError[] {
  if (name === '') return []
  const errors = invalidEach(at, name, isDNS1123Subdomain(name))
  if (parseIPSloppy(name) === undefined) return errors
  return [...errors, invalid(at, name, 'must be a DNS name, not an IP address')]
}

/** Warns of addresses that are spelled in a bad way. */
export function serviceStatusWarnings(service: Fields): readonly string[] {
  return ingressOf(service).flatMap(({ ip }, index) =>
    isEmpty(ip) ? [] : getWarningsForIP(path.index(index), textOf(ip)),
  )
}
