import {
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  isDNS1035Label,
  isDNS1123Subdomain,
  isValidPathSegmentName,
  required,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, invalidEach, oneOfErrors } from '../meta/checks.ts'
import { type Fields, isAbsent, isEmpty, isFields, objectsOf, textOf } from '../meta/json.ts'
import { selectorErrors } from '../pod-template/validation/selectors.ts'
import { namedRuleErrors } from './rules.ts'

/** Refuses a value that is absent or none of those supported; an empty one is not supported. */
export function mustBeOneOf(value: unknown, path: FieldPath, supported: readonly string[]): readonly FieldError[] {
  return isAbsent(value) ? [required(path)] : ifSetOneOf(value, path, supported)
}

/** Checks which requests a policy or a binding is about. */
export function matchResourceErrors(match: Fields, path: FieldPath): readonly FieldError[] {
  const errors = [...mustBeOneOf(match['matchPolicy'], path.child('matchPolicy'), ['Equivalent', 'Exact'])]
  for (const name of ['namespaceSelector', 'objectSelector']) {
    const selector = match[name]
    errors.push(...(isFields(selector) ? selectorErrors(selector, path.child(name)) : [required(path.child(name))]))
  }
  for (const name of ['resourceRules', 'excludeResourceRules']) {
    objectsOf(match[name]).forEach((rule, index) => {
      errors.push(...namedRuleErrors(rule, path.child(name).index(index)))
    })
  }
  return errors
}

/** Checks the constraints of a policy, which must have a rule. */
export function matchConstraintErrors(match: unknown, path: FieldPath): readonly FieldError[] {
  if (!isFields(match)) return [required(path)]
  const errors = matchResourceErrors(match, path)
  return isEmpty(match['resourceRules']) ? [...errors, required(path.child('resourceRules'))] : errors
}

/** Checks the kind of the objects that parameterise a policy. */
export function paramKindErrors(paramKind: Fields, path: FieldPath): readonly FieldError[] {
  const kind = textOf(paramKind['kind'])
  const errors = [...apiVersionErrors(textOf(paramKind['apiVersion']), path.child('apiVersion'))]
  const at = path.child('kind')
  if (kind === '') return [...errors, required(at)]
  const messages = isDNS1035Label(kind.toLowerCase())
  if (messages.length === 0) return errors
  return [...errors, invalid(at, kind, `may have mixed case, but should otherwise match: ${messages.join(',')}`)]
}

function apiVersionErrors(apiVersion: string, path: FieldPath): readonly FieldError[] {
  if (apiVersion === '') return [required(path)]
  const parts = apiVersion === '/' ? ['', ''] : apiVersion.split('/')
  if (parts.length > 2) return [invalid(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)]
  const version = parts.at(-1) ?? ''
  const group = parts.length === 2 ? (parts[0] ?? '') : ''
  const errors = [...joined(path, group, group === '' ? [] : isDNS1123Subdomain(group))]
  if (version === '') return [...errors, invalid(path, apiVersion, 'version must be specified')]
  return [...errors, ...joined(path, version, isDNS1035Label(version))]
}

const joined = (path: FieldPath, value: string, messages: readonly string[]): readonly FieldError[] =>
  messages.length === 0 ? [] : [invalid(path, value, messages.join(','))]

/** Checks which objects parameterise a policy at a binding. */
export function paramRefErrors(reference: Fields, path: FieldPath): readonly FieldError[] {
  const name = textOf(reference['name'])
  const { selector } = reference
  const both = name !== '' && isFields(selector)
  const errors: FieldError[] = []
  const exclusive = 'name and selector are mutually exclusive'
  if (name !== '') errors.push(...invalidEach(path.child('name'), name, isValidPathSegmentName(name)))
  if (both) errors.push(forbidden(path.child('name'), exclusive))
  errors.push(...selectorErrors(selector, path.child('selector')))
  if (both) errors.push(forbidden(path.child('selector'), exclusive))
  if (name === '' && !isFields(selector)) errors.push(required(path, 'one of name or selector must be specified'))
  const action = path.child('parameterNotFoundAction')
  return [...errors, ...oneOfErrors(reference['parameterNotFoundAction'], action, ['Deny', 'Allow'])]
}
