import {
  type FieldError,
  type FieldPath,
  invalid,
  isDNS1123Subdomain,
  isWildcardDNS1123Subdomain,
  notSupported,
  parseIPSloppy,
  required,
} from '@kube-bonsai/apimachinery'
import { invalidEach, named } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf, textOf } from '../meta/json.ts'
import { backendErrors } from './ingress-backend.ts'

/** What an update may keep that a create may not have. */
export interface IngressOptions {
  readonly invalidSecretNames: boolean
  readonly invalidWildcardRules: boolean
  readonly relaxedServiceNames: boolean
}

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix']
const badSequences = ['//', '/./', '/../', '%2f', '%2F']
const badEnds = ['/..', '/.']
const notAbsolute = 'must be an absolute path'

/** Refuses a host that is neither a domain nor a wildcard of one. */
export function hostErrors(host: string, path: FieldPath): readonly FieldError[] {
  return invalidEach(path, host, host.includes('*') ? isWildcardDNS1123Subdomain(host) : isDNS1123Subdomain(host))
}

/** Checks the rules of an ingress. */
export function ruleErrors(rules: unknown, path: FieldPath, options: IngressOptions): readonly FieldError[] {
  return objectsOf(rules).flatMap((rule, index) => {
    const at = path.index(index)
    const host = textOf(rule['host'])
    const errors: FieldError[] = []
    if (host !== '') {
      const hostPath = at.child('host')
      if (parseIPSloppy(host) !== undefined) {
        errors.push(invalid(hostPath, host, 'must be a DNS name, not an IP address'))
      }
      errors.push(...hostErrors(host, hostPath))
    }
    if (host.includes('*') && options.invalidWildcardRules) return errors
    return [...errors, ...ruleValueErrors(rule, at, options.relaxedServiceNames)]
  })
}

/** Checks what a rule does with a request. */
export function ruleValueErrors(rule: Fields, path: FieldPath, relaxedNames: boolean): readonly FieldError[] {
  const { http } = rule
  if (!isFields(http)) return []
  const at = path.child('http', 'paths')
  const paths = objectsOf(http['paths'])
  if (paths.length === 0) return [required(at)]
  return paths.flatMap((item, index) => pathErrors(item, at.index(index), relaxedNames))
}

function pathErrors(item: Fields, path: FieldPath, relaxedNames: boolean): readonly FieldError[] {
  const { pathType } = item
  if (isAbsent(pathType)) return [required(path.child('pathType'), 'pathType must be specified')]
  const text = textOf(item['path'])
  const at = path.child('path')
  const errors: FieldError[] = []
  switch (pathType) {
    case 'Exact':
    case 'Prefix':
      if (!text.startsWith('/')) errors.push(invalid(at, text, notAbsolute))
      for (const part of badSequences) {
        if (text.includes(part)) errors.push(invalid(at, text, `must not contain '${part}'`))
      }
      for (const end of badEnds) if (text.endsWith(end)) errors.push(invalid(at, text, `cannot end with '${end}'`))
      break
    case 'ImplementationSpecific':
      if (!isEmpty(text) && !text.startsWith('/')) errors.push(invalid(at, text, notAbsolute))
      break
    default:
      errors.push(notSupported(path.child('pathType'), named(pathType), pathTypes))
  }
  return [...errors, ...backendErrors(fieldsOf(item['backend']), path.child('backend'), relaxedNames)]
}
