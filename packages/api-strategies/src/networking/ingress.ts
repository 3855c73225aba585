import {
  type FieldError,
  FieldPath,
  getWarningsForIP,
  invalid,
  isDNS1123Subdomain,
  isValidIPForLegacyField,
  nameIsDNS1035Label,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
  parseIPSloppy,
} from '@kube-bonsai/apimachinery'
import { invalidEach } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, listGiven, listOf, objectsOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'
import type { StrategyContext } from '../strategy.ts'
import { backendErrors } from './ingress-backend.ts'
import { hostErrors, type IngressOptions, ruleErrors, ruleValueErrors } from './ingress-rules.ts'

const specPath = FieldPath.of('spec')
const statusPath = FieldPath.of('status', 'loadBalancer', 'ingress')
const classAnnotation = 'kubernetes.io/ingress.class'

const specOf = (ingress: Fields): Fields => fieldsOf(ingress['spec'])
const annotationsOf = (ingress: Fields): Fields => fieldsOf(fieldsOf(ingress['metadata'])['annotations'])

const secretNameMessages = (name: string): readonly string[] => (name === '' ? [] : nameIsDNSSubdomain(name, false))

function specErrors(spec: Fields, options: IngressOptions): readonly FieldError[] {
  const { rules, defaultBackend, tls, ingressClassName } = spec
  const errors: FieldError[] = []
  if (objectsOf(rules).length === 0 && !isFields(defaultBackend)) {
    errors.push(invalid(specPath, listGiven(spec, 'rules'), 'either `defaultBackend` or `rules` must be specified'))
  }
  if (isFields(defaultBackend)) {
    errors.push(...backendErrors(defaultBackend, specPath.child('defaultBackend'), options.relaxedServiceNames))
  }
  errors.push(...ruleErrors(rules, specPath.child('rules'), options))
  errors.push(...tlsErrors(tls, specPath.child('tls'), options))
  if (!isAbsent(ingressClassName)) {
    const name = textOf(ingressClassName)
    errors.push(...invalidEach(specPath.child('ingressClassName'), name, nameIsDNSSubdomain(name, false)))
  }
  return errors
}

function tlsErrors(tls: unknown, path: FieldPath, options: IngressOptions): readonly FieldError[] {
  return objectsOf(tls).flatMap((item, index) => {
    const at = path.index(index)
    const secret = textOf(item['secretName'])
    return [
      ...listOf(item['hosts']).flatMap((host, place) => hostErrors(textOf(host), at.child('hosts').index(place))),
      ...(options.invalidSecretNames ? [] : invalidEach(at.child('secretName'), secret, secretNameMessages(secret))),
    ]
  })
}

/** A name that only the relaxed rule allows. */
function isRelaxedName(backend: unknown): boolean {
  const { service } = fieldsOf(backend)
  if (!isFields(service)) return false
  const name = textOf(service['name'])
  return nameIsDNSLabel(name, false).length === 0 && nameIsDNS1035Label(name, false).length > 0
}

function optionsFor(old: Fields | undefined, { gates }: StrategyContext): IngressOptions {
  const spec = specOf(old ?? {})
  const rules = objectsOf(spec['rules'])
  const backends = rules.flatMap(({ http }) => objectsOf(fieldsOf(http)['paths']).map(({ backend }) => backend))
  return {
    invalidSecretNames: objectsOf(spec['tls']).some(
      ({ secretName }) => secretNameMessages(textOf(secretName)).length > 0,
    ),
    invalidWildcardRules: rules.some(
      (rule) => textOf(rule['host']).includes('*') && ruleValueErrors(rule, specPath, false).length > 0,
    ),
    relaxedServiceNames:
      gates.enabled('RelaxedServiceNameValidation') || [spec['defaultBackend'], ...backends].some(isRelaxedName),
  }
}

function classErrors(ingress: Fields): readonly FieldError[] {
  const annotation = annotationsOf(ingress)[classAnnotation]
  const name = specOf(ingress)['ingressClassName']
  if (isAbsent(annotation) || isAbsent(name) || annotation === name) return []
  const path = FieldPath.of('annotations', classAnnotation)
  return [invalid(path, annotation, 'must match `ingressClassName` when both are specified')]
}

const addressesOf = (ingress: Fields): readonly Fields[] =>
  objectsOf(fieldsOf(fieldsOf(ingress['status'])['loadBalancer'])['ingress'])

function statusErrors(ingress: Fields, old: Fields, { gates }: StrategyContext): readonly FieldError[] {
  const strict = gates.enabled('StrictIPCIDRValidation')
  const oldValues = addressesOf(old).map(({ ip }) => textOf(ip))
  return addressesOf(ingress).flatMap((address, index) => {
    const at = statusPath.index(index)
    const ip = textOf(address['ip'])
    const hostname = textOf(address['hostname'])
    const errors: FieldError[] = []
    if (ip !== '') errors.push(...isValidIPForLegacyField(at.child('ip'), ip, { strict, oldValues }))
    if (hostname === '') return errors
    errors.push(...invalidEach(at.child('hostname'), hostname, isDNS1123Subdomain(hostname)))
    if (parseIPSloppy(hostname) !== undefined) {
      errors.push(invalid(at.child('hostname'), hostname, 'must be a DNS name, not an IP address'))
    }
    return errors
  })
}

/** @see pkg/registry/networking/ingress/strategy.go */
export const ingressRoom: Room = {
  group: 'networking.k8s.io',
  kind: 'Ingress',
  validate: (ingress, context) => [
    ...specErrors(specOf(ingress), optionsFor(undefined, context)),
    ...classErrors(ingress),
  ],
  warningsOnCreate: (ingress) =>
    isAbsent(annotationsOf(ingress)[classAnnotation]) || !isAbsent(specOf(ingress)['ingressClassName'])
      ? []
      : [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`],
  update: { validate: (ingress, old, context) => specErrors(specOf(ingress), optionsFor(old, context)) },
  status: {
    validate: statusErrors,
    warnings: (ingress) =>
      addressesOf(ingress).flatMap(({ ip }, index) => getWarningsForIP(statusPath.index(index), textOf(ip))),
  },
}
