import { utf8Length } from '../text/utf8.ts'
import { maxBytesMessage, maxLengthMessage, regexMessage } from './messages.ts'

const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const label1123Underscore = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label1123}(\\.${label1123})*`
const subdomainUnderscore = `${label1123Underscore}(\\.${label1123Underscore})*`
const wildcard = `\\*\\.${subdomain}`

const label1123Rule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
const label1035Rule =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
const subdomainUnderscoreRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character"
const wildcardRule =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"

const isLabel1123 = whole(label1123)
const isLabel1035 = whole(label1035)
const isSubdomain = whole(subdomain)
const isSubdomainUnderscore = whole(subdomainUnderscore)
const isWildcard = whole(wildcard)

/** The longest DNS label, in bytes. */
export const dnsLabelMaxLength = 63
/** The longest DNS subdomain, in bytes. */
export const dnsSubdomainMaxLength = 253

/**
 * Checks a label of DNS as RFC 1123 has it: `my-name`.
 *
 * @returns upstream's messages, none when it is one; so do all checks of names
 * @see staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go
 */
export function isDNS1123Label(value: string): readonly string[] {
  const errors = lengthErrors(value, dnsLabelMaxLength)
  if (isLabel1123.test(value)) return errors
  if (isSubdomain.test(value)) return [...errors, 'must not contain dots']
  return [...errors, regexMessage(label1123Rule, label1123, 'my-name', '123-abc')]
}

/** Checks a label of DNS as RFC 1035 has it: it begins with a letter. */
export function isDNS1035Label(value: string): readonly string[] {
  const errors = lengthErrors(value, dnsLabelMaxLength)
  if (isLabel1035.test(value)) return errors
  return [...errors, regexMessage(label1035Rule, label1035, 'my-name', 'abc-123')]
}

/** Checks a subdomain of DNS: `example.com`. */
export function isDNS1123Subdomain(value: string): readonly string[] {
  const errors = lengthErrors(value, dnsSubdomainMaxLength)
  return isSubdomain.test(value) ? errors : [...errors, subdomainMessage()]
}

/** Checks a subdomain of DNS whose labels may hold underscores: `_http._tcp.example.com`. */
export function isDNS1123SubdomainWithUnderscore(value: string): readonly string[] {
  const errors = lengthErrors(value, dnsSubdomainMaxLength)
  if (isSubdomainUnderscore.test(value)) return errors
  return [...errors, regexMessage(subdomainUnderscoreRule, subdomainUnderscore, 'example.com')]
}

/** Checks a subdomain whose first label is the wildcard: `*.example.com`. */
export function isWildcardDNS1123Subdomain(value: string): readonly string[] {
  const errors = lengthErrors(value, dnsSubdomainMaxLength)
  if (isWildcard.test(value)) return errors
  return [...errors, regexMessage(wildcardRule, wildcard, '*.example.com')]
}

/** Checks the part of a qualified name before its slash: a subdomain, with lengths told in bytes. */
export function qualifiedPrefixErrors(value: string): readonly string[] {
  const errors = utf8Length(value) > dnsSubdomainMaxLength ? [maxBytesMessage(dnsSubdomainMaxLength)] : []
  return isSubdomain.test(value) ? errors : [...errors, subdomainMessage()]
}

function subdomainMessage(): string {
  return regexMessage(subdomainRule, subdomain, 'example.com')
}

function lengthErrors(value: string, limit: number): readonly string[] {
  return utf8Length(value) > limit ? [maxLengthMessage(limit)] : []
}

function whole(expression: string): RegExp {
  return new RegExp(`^${expression}$`)
}
