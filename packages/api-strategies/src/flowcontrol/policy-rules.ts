import {
  type FieldError,
  type FieldPath,
  invalid,
  nameIsDNSLabel,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { type Fields, listOf, textOf } from '../meta/json.ts'

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']
const namespaceRule = "each member of this list must be '*' or a DNS-1123 label; "

/** Checks which requests for objects a rule is about. */
export function resourceRuleErrors(rule: Fields, path: FieldPath): readonly FieldError[] {
  const namespaces = textsIn(rule, 'namespaces')
  const at = path.child('namespaces')
  const errors = [
    ...verbErrors(rule, path.child('verbs')),
    ...wildcardErrors(textsIn(rule, 'apiGroups'), path.child('apiGroups'), 'api group', 'api groups'),
    ...wildcardErrors(textsIn(rule, 'resources'), path.child('resources'), 'resource', 'resources'),
  ]
  if (namespaces.length === 0 && rule['clusterScope'] !== true) {
    const detail = 'resource rules that are not cluster scoped must supply at least one namespace'
    return [...errors, required(at, detail)]
  }
  if (namespaces.includes('*')) return [...errors, ...aloneErrors(namespaces, at, 'namespaces')]
  return [
    ...errors,
    ...namespaces.flatMap((name, index) =>
      nameIsDNSLabel(name, false).map((message) => invalid(at.index(index), name, namespaceRule + message)),
    ),
  ]
}

/** Checks which other requests a rule is about. */
export function nonResourceRuleErrors(rule: Fields, path: FieldPath): readonly FieldError[] {
  const urls = textsIn(rule, 'nonResourceURLs')
  const at = path.child('nonResourceURLs')
  const errors = verbErrors(rule, path.child('verbs'))
  if (urls.length === 0) return [...errors, required(at, 'nonResourceURLs must contain at least one value')]
  if (urls.includes('*')) return [...errors, ...aloneErrors(urls, at, 'non-resource URLs')]
  return [
    ...errors,
    ...urls.flatMap((url, index) => {
      const problem = urlProblem(url)
      return problem === undefined ? [] : [invalid(at.index(index), url, problem)]
    }),
  ]
}

const textsIn = (rule: Fields, name: string): readonly string[] => listOf(rule[name]).map(textOf)

function verbErrors(rule: Fields, at: FieldPath): readonly FieldError[] {
  const list = textsIn(rule, 'verbs')
  if (list.length === 0) return [required(at, 'verbs must contain at least one value')]
  if (list.includes('*')) return aloneErrors(list, at, 'verbs')
  return list.every((verb) => verbs.includes(verb)) ? [] : [notSupported(at, list, verbs)]
}

const aloneErrors = (list: readonly string[], at: FieldPath, what: string): readonly FieldError[] =>
  list.length > 1 ? [invalid(at, list, `if '*' is present, must not specify other ${what}`)] : []

function wildcardErrors(list: readonly string[], at: FieldPath, one: string, many: string): readonly FieldError[] {
  if (list.length === 0) return [required(at, `resource rules must supply at least one ${one}`)]
  return list.includes('*') ? aloneErrors(list, at, many) : []
}

function urlProblem(url: string): string | undefined {
  if (url === '') return 'must not be empty'
  if (url === '/') return undefined
  if (!url.startsWith('/')) return 'must start with slash'
  if (url.includes(' ')) return 'must not contain white-space'
  if (url.includes('//')) return 'must not contain double slash'
  const stars = url.split('*').length - 1
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined
}
