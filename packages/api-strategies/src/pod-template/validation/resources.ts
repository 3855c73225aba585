import {
  compareUtf8,
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  isQualifiedName,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { tryParseQuantity } from '@kube-bonsai/quantity'
import { invalidEach, named } from '../../meta/checks.ts'
import { type Fields, fieldsOf } from '../../meta/json.ts'
import { isFraction, quantityOf } from './quantities.ts'

const containerNames = ['cpu', 'memory', 'ephemeral-storage']
const standardNames: ReadonlySet<string> = new Set([
  ...containerNames,
  'storage',
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
  ...['cpu', 'memory', 'ephemeral-storage', 'storage'].map((name) => `requests.${name}`),
  ...['cpu', 'memory', 'ephemeral-storage'].map((name) => `limits.${name}`),
])
const nativePrefix = 'kubernetes.io/'
const wholeNumbers: ReadonlySet<string> = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])

const hugePagePrefix = 'hugepages-'
/** Whether a resource is huge pages of some size. */
export const isHugePage = (name: string): boolean => name.startsWith(hugePagePrefix)
/** Whether a resource belongs to Kubernetes. */
export const isNative = (name: string): boolean => !name.includes('/') || name.includes(nativePrefix)
/** Whether a resource is one that nodes have beside those of Kubernetes. */
export const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0
/** Whether requests of a resource may be below its limit. */
export const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePage(name)

/** Whether an amount of huge pages is no multiple of their size. */
export function indivisibleHugePages(name: string, amount: unknown): boolean {
  if (!isHugePage(name)) return false
  const size = tryParseQuantity(name.slice(hugePagePrefix.length))
  if (!size.ok || size.value.sign() <= 0 || isFraction(size.value)) return true
  return quantityOf(amount).value() % size.value.value() !== 0n
}

/** How a list of requests and limits is judged. */
export interface ResourceRules {
  readonly nameErrors: (name: string, path: FieldPath) => readonly FieldError[]
  readonly anyHugePages: boolean
}

/** Checks requests and limits of a container or, with other rules for names, of a pod. */
export function resourceErrors(resources: Fields, path: FieldPath, rules: ResourceRules): readonly FieldError[] {
  const limits = fieldsOf(resources['limits'])
  const requests = fieldsOf(resources['requests'])
  const limitPath = path.child('limits')
  const requestPath = path.child('requests')
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  const lonelyHugePages = names.some(isHugePage) && !names.includes('cpu') && !names.includes('memory')
  const check = (amounts: Fields, name: string, at: FieldPath): readonly FieldError[] => [
    ...rules.nameErrors(name, at),
    ...quantityErrors(name, amounts[name], at),
  ]
  const pages = (amounts: Fields, name: string, at: FieldPath): readonly FieldError[] => {
    if (rules.anyHugePages || !indivisibleHugePages(name, amounts[name])) return []
    const text = quantityOf(amounts[name]).toString()
    return [invalid(at, text, `${text} is not positive integer multiple of ${name}`)]
  }
  return [
    ...sorted(limits).flatMap((name) => {
      const at = limitPath.key(name)
      return [...check(limits, name, at), ...pages(limits, name, at)]
    }),
    ...sorted(requests).flatMap((name) => {
      const at = requestPath.key(name)
      return [
        ...check(requests, name, at),
        ...(Object.hasOwn(limits, name) || mayOvercommit(name)
          ? overLimitErrors(name, requests[name], limits, requestPath)
          : [required(limitPath, 'Limit must be set for non overcommitable resources')]),
        ...pages(requests, name, at),
      ]
    }),
    ...(lonelyHugePages ? [forbidden(path, 'HugePages require cpu or memory')] : []),
  ]
}

const sorted = (amounts: Fields): readonly string[] => Object.keys(amounts).sort(compareUtf8)

function overLimitErrors(name: string, request: unknown, limits: Fields, path: FieldPath): readonly FieldError[] {
  if (!Object.hasOwn(limits, name)) return []
  const asked = quantityOf(request)
  const most = quantityOf(limits[name])
  const order = asked.cmp(most)
  if (order !== 0 && !mayOvercommit(name)) {
    return [invalid(path, asked.toString(), `must be equal to ${name} limit of ${most.toString()}`)]
  }
  if (order <= 0) return []
  return [invalid(path, asked.toString(), `must be less than or equal to ${name} limit of ${most.toString()}`)]
}

/** Refuses a negative amount, and a part of something that comes only whole. */
export function quantityErrors(name: string, amount: unknown, path: FieldPath): readonly FieldError[] {
  const quantity = quantityOf(amount)
  const whole = wholeNumbers.has(name) || isExtended(name)
  return [
    ...(quantity.sign() < 0 ? [invalid(path, quantity.toString(), 'must be greater than or equal to 0')] : []),
    ...(whole && isFraction(quantity) ? [invalid(path, quantity.toString(), 'must be an integer')] : []),
  ]
}

/** Refuses a resource that no object of the API knows. */
export function resourceNameErrors(name: string, path: FieldPath): readonly FieldError[] {
  const messages = isQualifiedName(name)
  if (messages.length > 0) return invalidEach(path, named(name), messages)
  if (name.includes('/') || standardNames.has(name) || isQuotaHugePage(name)) return []
  return [invalid(path, named(name), 'must be a standard resource type or fully qualified')]
}

const isQuotaHugePage = (name: string): boolean => isHugePage(name) || name.startsWith('requests.hugepages-')

/** Refuses a resource that a quota cannot limit. */
export function quotaResourceNameErrors(name: string, path: FieldPath): readonly FieldError[] {
  const errors = resourceNameErrors(name, path)
  if (name.includes('/') || isQuotaResource(name)) return errors
  return [...errors, invalid(path, named(name), 'must be a standard resource for quota')]
}

/** Whether a quota knows a resource without a domain. */
export const isQuotaResource = (name: string): boolean =>
  (standardNames.has(name) && name !== 'storage') || isQuotaHugePage(name)

/** Refuses a resource that a container cannot ask for. */
export function containerResourceNameErrors(name: string, path: FieldPath): readonly FieldError[] {
  const errors = resourceNameErrors(name, path)
  if (!name.includes('/')) {
    if (containerNames.includes(name) || isHugePage(name)) return errors
    return [...errors, invalid(path, named(name), 'must be a standard resource for containers')]
  }
  if (isNative(name) || isExtended(name)) return errors
  return [...errors, invalid(path, named(name), "doesn't follow extended resource name standard")]
}

/** Refuses a resource that a pod as a whole cannot ask for. */
export function podResourceNameErrors(name: string, path: FieldPath): readonly FieldError[] {
  const errors = resourceNameErrors(name, path)
  if (errors.length > 0 || name === 'cpu' || name === 'memory' || isHugePage(name)) return errors
  return [notSupported(path, named(name), ['cpu', 'hugepages-', 'memory'])]
}
