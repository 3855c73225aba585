import {
  type FieldError,
  type FieldPath,
  invalid,
  isCIdentifier,
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
  tooLong,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { invalidEach } from '../../meta/checks.ts'

/** How a text is checked; the names are those of upstream's tags. */
export type Format =
  | 'short-name'
  | 'long-name'
  | 'long-name-caseless'
  | 'label-key'
  | 'uuid'
  | 'resource-pool-name'
  | 'extended-resource-name'
  | 'resource-fully-qualified-name'

/** Upstream counts bytes here, and characters in the older checks. */
function longNameProblems(text: string): readonly string[] {
  return isDNS1123Subdomain(text).map((problem) => problem.replace('253 characters', '253 bytes'))
}

const inAnyCase = (problem: string): string =>
  problem
    .replace(
      'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric',
      'an RFC 1123 subdomain must consist of alphanumeric',
    )
    .replace("'example.com'", "'Example.com'")

const shortNameProblems = (text: string): readonly string[] =>
  isDNS1123Label(text).map((problem) => problem.replace('63 characters', '63 bytes'))

const labelKeyProblems = (text: string): readonly string[] =>
  isQualifiedName(text).map((problem) => problem.replace(/(\d+) characters$/, '$1 bytes'))

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const longest = 253
const longestIdentifier = 32
const longestDomain = 63

/** Checks a text of some format. @see staging/src/k8s.io/apimachinery/pkg/api/validate/strfmt.go */
export function formatErrors(format: Format, text: string, path: FieldPath): readonly FieldError[] {
  return rules[format](text, path).map((error) => ({ ...error, origin: `format=k8s-${format}` }))
}

type Check = (text: string, path: FieldPath) => readonly FieldError[]

const rules: Readonly<Record<Format, Check>> = {
  'short-name': (text, path) => invalidEach(path, text, shortNameProblems(text)),
  'long-name': (text, path) => invalidEach(path, text, longNameProblems(text)),
  'long-name-caseless': (text, path) => invalidEach(path, text, longNameProblems(text.toLowerCase()).map(inAnyCase)),
  'label-key': (text, path) => invalidEach(path, text, labelKeyProblems(text)),
  uuid: (text, path) => (uuid.test(text) ? [] : [invalid(path, text, 'must be a lowercase UUID in 8-4-4-4-12 format')]),
  'resource-pool-name': poolNameErrors,
  'extended-resource-name': extendedNameErrors,
  'resource-fully-qualified-name': qualifiedErrors,
}

function poolNameErrors(text: string, path: FieldPath): readonly FieldError[] {
  return [
    ...(utf8Length(text) > longest ? [tooLong(path, longest)] : []),
    ...text.split('/').flatMap((part, index) => {
      if (part === '') return [invalid(path, text, `segment ${index}: must not be empty`)]
      return longNameProblems(part).map((problem) => invalid(path, part, `segment ${index}: ${problem}`))
    }),
  ]
}

function extendedNameErrors(text: string, path: FieldPath): readonly FieldError[] {
  const problems: string[] = []
  if (!text.includes('/')) problems.push("a name must be a domain-prefixed path, such as 'example.com/my-prop'")
  else if (text.includes('kubernetes.io/')) problems.push('must not have "kubernetes.io/" domain')
  if (text.startsWith('requests.')) problems.push('must not have "requests." prefix')
  return invalidEach(path, text, [...problems, ...labelKeyProblems(`requests.${text}`)])
}

function identifierErrors(text: string, path: FieldPath): readonly FieldError[] {
  return [
    ...(utf8Length(text) > longestIdentifier ? [tooLong(path, longestIdentifier)] : []),
    ...invalidEach(path, text, isCIdentifier(text)),
  ]
}

function qualifiedErrors(text: string, path: FieldPath): readonly FieldError[] {
  const parts = text.split('/')
  const [domain = '', name = ''] = parts
  const lonely = 'a fully qualified name must be a domain and a name separated by a slash'
  if (parts.length === 1) return [...identifierErrors(text, path), invalid(path, text, lonely)]
  if (parts.length > 2) return []
  return [
    ...(domain === ''
      ? [invalid(path, '', 'prefix must not be empty')]
      : [
          ...(utf8Length(domain) > longestDomain ? [tooLong(path, longestDomain)] : []),
          ...longNameProblems(domain).map((problem) => invalid(path, domain, `prefix: ${problem}`)),
        ]),
    ...(name === '' ? [invalid(path, '', 'name must not be empty')] : identifierErrors(name, path)),
  ]
}
