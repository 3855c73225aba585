import { invalid, required } from '../field/errors.ts'
import type { FieldPath } from '../field/path.ts'
import type { FieldError } from '../field-error.ts'
import { isDNS1123Label, isDNS1123Subdomain } from './dns.ts'
import { regexMessage } from './messages.ts'
import { isQualifiedName } from './qualified-name.ts'

const httpPath = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"
const isHttpPath = new RegExp(`^${httpPath}$`)

/** Checks a name of three segments at least, as old fields ask for. */
export function isFullyQualifiedName(path: FieldPath, name: string): readonly FieldError[] {
  if (name === '') return [required(path)]
  const errors = isDNS1123Subdomain(name)
  if (errors.length > 0) return [invalid(path, name, errors.join(','))]
  if (name.split('.').length >= 3) return []
  return [invalid(path, name, 'should be a domain with at least three segments separated by dots')]
}

/** Checks a domain name of two segments at least; it may end in a dot. */
export function isFullyQualifiedDomainName(path: FieldPath, text: string): readonly FieldError[] {
  if (text === '') return [required(path)]
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  const errors = isDNS1123Subdomain(name)
  if (errors.length > 0) return [invalid(path, name, errors.join(','))]
  const labels = name.split('.')
  if (labels.length < 2) {
    return [invalid(path, name, 'should be a domain with at least two segments separated by dots')]
  }
  for (const label of labels) {
    const labelErrors = isDNS1123Label(label)
    if (labelErrors.length > 0) return [invalid(path, label, labelErrors.join(','))]
  }
  return []
}

/** Checks a domain, a slash and a path: `acme.io/foo`. */
export function isDomainPrefixedPath(path: FieldPath, value: string): readonly FieldError[] {
  if (value === '') return [required(path)]
  const slash = value.indexOf('/')
  if (slash <= 0 || slash === value.length - 1) {
    return [invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  }
  const host = value.slice(0, slash)
  const rest = value.slice(slash + 1)
  const errors = isDNS1123Subdomain(host).map((message) => invalid(path, host, message))
  return isHttpPath.test(rest) ? errors : [...errors, invalid(path, rest, regexMessage('Invalid path', httpPath))]
}

/** Checks a domain, a slash and a name: `acme.io/foo`. */
export function isDomainPrefixedKey(path: FieldPath, key: string): readonly FieldError[] {
  if (key === '') return [required(path)]
  const errors = isQualifiedName(key).map((message) => invalid(path, key, message))
  if (errors.length > 0 || key.includes('/')) return errors
  return [invalid(path, key, 'must be a domain-prefixed key (such as "acme.io/foo")')]
}
