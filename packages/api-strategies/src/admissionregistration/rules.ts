import {
  duplicate,
  type FieldError,
  type FieldPath,
  invalid,
  isValidPathSegmentName,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, invalidEach, named } from '../meta/checks.ts'
import { type Fields, listOf, textOf } from '../meta/json.ts'

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const scopes = ['*', 'Cluster', 'Namespaced']

/** Checks which requests a webhook or a policy is about. */
export function ruleErrors(rule: Fields, path: FieldPath): readonly FieldError[] {
  const list = listOf(rule['operations'])
  const at = path.child('operations')
  return [
    ...wildcardErrors(list, at, 'operations'),
    ...list.flatMap((operation, index) =>
      operations.includes(textOf(operation)) ? [] : [notSupported(at.index(index), named(operation), operations)],
    ),
    ...wildcardErrors(listOf(rule['apiGroups']), path.child('apiGroups'), 'API groups'),
    ...wildcardErrors(listOf(rule['apiVersions']), path.child('apiVersions'), 'API versions'),
    ...listOf(rule['apiVersions']).flatMap((version, index) =>
      textOf(version) === '' ? [required(path.child('apiVersions').index(index))] : [],
    ),
    ...resourceErrors(listOf(rule['resources']).map(textOf), path.child('resources')),
    ...ifSetOneOf(rule['scope'], path.child('scope'), scopes),
  ]
}

/** The same for rules of policies, which may name objects. */
export function namedRuleErrors(rule: Fields, path: FieldPath): readonly FieldError[] {
  const seen = new Set<string>()
  const names = listOf(rule['resourceNames']).flatMap((value, index) => {
    const name = textOf(value)
    const at = path.child('resourceNames').index(index)
    const repeated = seen.has(name) ? [duplicate(at, name)] : []
    seen.add(name)
    return [...invalidEach(at, name, isValidPathSegmentName(name)), ...repeated]
  })
  return [...names, ...ruleErrors(rule, path)]
}

function wildcardErrors(list: readonly unknown[], path: FieldPath, what: string): readonly FieldError[] {
  if (list.length === 0) return [required(path)]
  if (list.length === 1 || !list.includes('*')) return []
  return [invalid(path, list, `if '*' is present, must not specify other ${what}`)]
}

function resourceErrors(resources: readonly string[], path: FieldPath): readonly FieldError[] {
  if (resources.length === 0) return [required(path)]
  const errors: FieldError[] = []
  const allBelow = new Set<string>()
  const ofAll = new Set<string>()
  let plain = false
  resources.forEach((text, index) => {
    const at = path.index(index)
    if (text === '') {
      errors.push(required(at))
      return
    }
    const slash = text.indexOf('/')
    if (slash < 0) {
      plain = text !== '*'
      return
    }
    const resource = text.slice(0, slash)
    const subresource = text.slice(slash + 1)
    if (allBelow.has(resource)) {
      errors.push(invalid(at, text, `if '${resource}/*' is present, must not specify ${text}`))
    }
    if (ofAll.has(subresource)) {
      errors.push(invalid(at, text, `if '*/${subresource}' is present, must not specify ${text}`))
    }
    if (subresource === '*') allBelow.add(resource)
    if (resource === '*') ofAll.add(subresource)
  })
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"))
  }
  if (plain && resources.includes('*')) {
    errors.push(invalid(path, resources, "if '*' is present, must not specify other resources without subresources"))
  }
  return errors
}
