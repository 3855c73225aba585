import { utf8Length } from '../text/utf8.ts'
import { qualifiedPrefixErrors } from './dns.ts'
import { emptyMessage, maxBytesMessage, regexMessage } from './messages.ts'

const name = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const nameExamples = ['MyName', 'my.name', '123-abc'] as const
const labelValue = `(${name})?`
const labelValueRule = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`

const isName = new RegExp(`^${name}$`)
const isValue = new RegExp(`^${labelValue}$`)

/** The longest label value and the longest name part of a label key, in bytes. */
export const labelMaxLength = 63

/**
 * Checks a qualified name, which is what a label key is: a name, or a DNS subdomain, a slash and a name.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/api/validate/content/kube.go
 */
export function isQualifiedName(value: string): readonly string[] {
  const slash = value.indexOf('/')
  if (slash < 0) return nameErrors(value)
  if (value.indexOf('/', slash + 1) >= 0) {
    const message = regexMessage(nameRule, name, ...nameExamples)
    return [`a valid label key ${message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  return [...prefixErrors(value.slice(0, slash)), ...nameErrors(value.slice(slash + 1))]
}

/** Checks the value of a label: empty, or a name of at most 63 bytes. */
export function isValidLabelValue(value: string): readonly string[] {
  const errors = utf8Length(value) > labelMaxLength ? [maxBytesMessage(labelMaxLength)] : []
  if (isValue.test(value)) return errors
  return [...errors, regexMessage(labelValueRule, labelValue, 'MyValue', 'my_value', '12345')]
}

function prefixErrors(prefix: string): readonly string[] {
  if (prefix === '') return [`prefix part ${emptyMessage}`]
  return qualifiedPrefixErrors(prefix).map((message) => `prefix part ${message}`)
}

function nameErrors(part: string): readonly string[] {
  const errors: string[] = []
  if (part === '') errors.push(`name part ${emptyMessage}`)
  else if (utf8Length(part) > labelMaxLength) errors.push(`name part ${maxBytesMessage(labelMaxLength)}`)
  if (!isName.test(part)) errors.push(`name part ${regexMessage(nameRule, name, ...nameExamples)}`)
  return errors
}
