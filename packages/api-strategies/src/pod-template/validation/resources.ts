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
import { Quantity, tryParseQuantity } from '@kube-bonsai/quantity'
import { invalidEach } from '../../meta/checks.ts'
import { type Fields, fieldsOf } from '../../meta/json.ts'

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

const isHugePage = (name: string): boolean => name.startsWith('hugepages-')
const isNative = (name: string): boolean => !name.includes('/') || name.includes(nativePrefix)
const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0
const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePage(name)

/** Checks requests and limits of a container or, with other rules for names, of a pod. */
export function resourceErrors(
  resources: Fields,
  path: FieldPath,
  nameErrors: (name: string, path: FieldPath) => readonly FieldError[] = containerResourceNameErrors,
): readonly FieldError[] {
  const limits = fieldsOf(resources['limits'])
  const requests = fieldsOf(resources['requests'])
  const check = (amounts: Fields, name: string, at: FieldPath): readonly FieldError[] => [
    ...nameErrors(name, at.key(name)),
    ...quantityErrors(name, amounts[name], at.key(name)),
  ]
  const limitPath = path.child('limits')
  const requestPath = path.child('requests')
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  const lonelyHugePages = names.some(isHugePage) && !names.includes('cpu') && !names.includes('memory')
  return [
    ...sorted(limits).flatMap((name) => check(limits, name, limitPath)),
    ...sorted(requests).flatMap((name) => [
      ...check(requests, name, requestPath),
      ...(Object.hasOwn(limits, name) || mayOvercommit(name)
        ? overLimitErrors(name, requests[name], limits[name], requestPath)
        : [required(limitPath, 'Limit must be set for non overcommitable resources')]),
    ]),
    ...(lonelyHugePages ? [forbidden(path, 'HugePages require cpu or memory')] : []),
  ]
}

const sorted = (amounts: Fields): readonly string[] => Object.keys(amounts).sort(compareUtf8)

function overLimitErrors(name: string, request: unknown, limit: unknown, path: FieldPath): readonly FieldError[] {
  const asked = quantityOf(request)
  const most = quantityOf(limit)
  if (asked === undefined || most === undefined) return []
  const order = asked.cmp(most)
  if (order !== 0 && !mayOvercommit(name)) {
    return [invalid(path, asked.toString(), `must be equal to ${name} limit of ${most.toString()}`)]
  }
  if (order <= 0) return []
  return [invalid(path, asked.toString(), `must be less than or equal to ${name} limit of ${most.toString()}`)]
}

function quantityOf(value: unknown): Quantity | undefined {
  const result = typeof value === 'string' ? tryParseQuantity(value) : undefined
  return result?.ok === true ? result.value : undefined
}

const zero = Quantity.of(0)
const thousandth = 1000n

/** Refuses a negative amount, and a part of something that comes only whole. */
export function quantityErrors(name: string, amount: unknown, path: FieldPath): readonly FieldError[] {
  const quantity = quantityOf(amount)
  if (quantity === undefined) return []
  const negative = quantity.cmp(zero) < 0
  const whole = wholeNumbers.has(name) || isExtended(name)
  return [
    ...(negative ? [invalid(path, quantity.toString(), 'must be greater than or equal to 0')] : []),
    ...(whole && quantity.milliValue() % thousandth !== 0n
      ? [invalid(path, quantity.toString(), 'must be an integer')]
      : []),
  ]
}

/** Refuses a resource that no object of the API knows. */
export function resourceNameErrors(name: string, path: FieldPath): readonly FieldError[] {
  const messages = isQualifiedName(name)
  if (messages.length > 0) return invalidEach(path, name, messages)
  if (name.includes('/') || standardNames.has(name) || isHugePage(name) || name.startsWith('requests.hugepages-'))
    return []
  return [invalid(path, name, 'must be a standard resource type or fully qualified')]
}

function containerResourceNameErrors(name: string, path: FieldPath): readonly FieldError[] {
  const errors = resourceNameErrors(name, path)
  if (!name.includes('/')) {
    if (containerNames.includes(name) || isHugePage(name)) return errors
    return [...errors, invalid(path, name, 'must be a standard resource for containers')]
  }
  if (isNative(name) || isExtended(name)) return errors
  return [...errors, invalid(path, name, "doesn't follow extended resource name standard")]
}

/** Refuses a resource that a pod as a whole cannot ask for. */
export function podResourceNameErrors(name: string, path: FieldPath): readonly FieldError[] {
  const errors = resourceNameErrors(name, path)
  if (errors.length > 0 || name === 'cpu' || name === 'memory' || isHugePage(name)) return errors
  return [notSupported(path, name, ['cpu', 'memory'])]
}
