import { utf8Length } from '../text/utf8.ts'
import { dnsSubdomainMaxLength } from './dns.ts'
import { emptyMessage, inclusiveRangeMessage, maxLengthMessage, regexMessage } from './messages.ts'

const cIdentifier = '[A-Za-z_][A-Za-z0-9_]*'
const cIdentifierRule =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'"
const percent = '[0-9]+%'
const percentRule = "a valid percent string must be a numeric string followed by an ending '%'"
const headerName = '[-A-Za-z0-9]+'
const headerNameRule = "a valid HTTP header must consist of alphanumeric characters or '-'"
const envVarName = '[-._a-zA-Z][-._a-zA-Z0-9]*'
const envVarNameRule =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit"
const relaxedEnvVarNameRule =
  "a valid environment variable name must consist only of printable ASCII characters other than '='"
const configMapKey = '[-._a-zA-Z0-9]+'
const configMapKeyRule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
const maxPortNameLength = 15
const maxId = 2 ** 31 - 1

/** Checks an identifier of C; its length is free. */
export function isCIdentifier(value: string): readonly string[] {
  return matched(value, cIdentifier, cIdentifierRule, 'my_name', 'MY_NAME', 'MyName')
}

/** Checks a percentage: digits and a percent sign. */
export function isValidPercent(value: string): readonly string[] {
  return matched(value, percent, percentRule, '1%', '93%')
}

/** Checks the name of an HTTP header. */
export function isHTTPHeaderName(value: string): readonly string[] {
  return matched(value, headerName, headerNameRule, 'X-Header-Name')
}

/** Checks the name of an environment variable by the old, narrow rule. */
export function isEnvVarName(value: string): readonly string[] {
  const errors = matched(value, envVarName, envVarNameRule, 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1')
  return [...errors, ...parentDirectoryErrors(value)]
}

/** Checks the name of an environment variable by the relaxed rule: printable ASCII but `=`. */
export function isRelaxedEnvVarName(value: string): readonly string[] {
  if (value === '') return [`environment variable name ${emptyMessage}`]
  return /^[\x20-\x3c\x3e-\x7e]*$/.test(value) ? [] : [relaxedEnvVarNameRule]
}

/** Checks a key of a ConfigMap or a Secret. */
export function isConfigMapKey(value: string): readonly string[] {
  return [
    ...(utf8Length(value) > dnsSubdomainMaxLength ? [maxLengthMessage(dnsSubdomainMaxLength)] : []),
    ...matched(value, configMapKey, configMapKeyRule, 'key.name', 'KEY_NAME', 'key-name'),
    ...parentDirectoryErrors(value),
  ]
}

/** Checks the name of a port: at most 15 of `a-z 0-9 -`, one letter at least. */
export function isValidPortName(value: string): readonly string[] {
  const errors: string[] = []
  if (utf8Length(value) > maxPortNameLength) errors.push(maxLengthMessage(maxPortNameLength))
  if (!/^[-a-z0-9]+$/.test(value)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  }
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)')
  if (value.includes('--')) errors.push('must not contain consecutive hyphens')
  if (value.startsWith('-') || value.endsWith('-')) errors.push('must not begin or end with a hyphen')
  return errors
}

/** Checks the number of a port: 1 to 65535. */
export function isValidPortNum(port: number | bigint): readonly string[] {
  return isInRange(port, 1, 65535)
}

/** Checks that a number is between two others, both included. */
export function isInRange(value: number | bigint, low: number, high: number): readonly string[] {
  return value >= low && value <= high ? [] : [inclusiveRangeMessage(low, high)]
}

/** Checks the ID of a group of Unix. */
export function isValidGroupID(id: number | bigint): readonly string[] {
  return isInRange(id, 0, maxId)
}

/** Checks the ID of a user of Unix. */
export function isValidUserID(id: number | bigint): readonly string[] {
  return isInRange(id, 0, maxId)
}

function matched(value: string, expression: string, rule: string, ...examples: readonly string[]): readonly string[] {
  return new RegExp(`^${expression}$`).test(value) ? [] : [regexMessage(rule, expression, ...examples)]
}

function parentDirectoryErrors(value: string): readonly string[] {
  if (value === '.') return ["must not be '.'"]
  if (value === '..') return ["must not be '..'"]
  return value.startsWith('..') ? ["must not start with '..'"] : []
}
