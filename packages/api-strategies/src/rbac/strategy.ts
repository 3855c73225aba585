import {
  type FieldError,
  FieldPath,
  invalid,
  isValidPathSegmentName,
  labelSelectorAsSelector,
  nameIsDNSSubdomain,
  notSupported,
  required,
  semanticEqual,
} from '@kube-bonsai/apimachinery'
import { invalidEach } from '../meta/checks.ts'
import { type Fields, fieldsOf, isEmpty, isFields, objectsOf, textOf } from '../meta/json.ts'
import { selectorErrors } from '../pod-template/validation/selectors.ts'
import { labelSelectorOf } from '../printing/texts.ts'
import { covered, coveredLast } from '../resource/declarative/coverage.ts'
import type { Room } from '../room.ts'

const group = 'rbac.authorization.k8s.io'
const rulesPath = FieldPath.of('rules')
const refPath = FieldPath.of('roleRef')
const aggregationPath = FieldPath.of('aggregationRule', 'clusterRoleSelectors')
const noSelectors = 'at least one clusterRoleSelector required if aggregationRule is non-nil'

function ruleErrors(role: Fields, namespaced: boolean): readonly FieldError[] {
  return objectsOf(role['rules']).flatMap((rule, index) => {
    const path = rulesPath.index(index)
    const errors: FieldError[] = []
    if (isEmpty(rule['verbs'])) errors.push(required(path.child('verbs'), 'verbs must contain at least one value'))
    const urls = rule['nonResourceURLs']
    const at = path.child('nonResourceURLs')
    if (!isEmpty(urls)) {
      if (namespaced) errors.push(invalid(at, urls, 'namespaced rules cannot apply to non-resource URLs'))
      if (['apiGroups', 'resources', 'resourceNames'].some((name) => !isEmpty(rule[name]))) {
        errors.push(invalid(at, urls, 'rules cannot apply to both regular resources and non-resource URLs'))
      }
      return errors
    }
    if (isEmpty(rule['apiGroups'])) {
      errors.push(required(path.child('apiGroups'), 'resource rules must supply at least one api group'))
    }
    if (isEmpty(rule['resources'])) {
      errors.push(required(path.child('resources'), 'resource rules must supply at least one resource'))
    }
    return errors
  })
}

function clusterRoleErrors(role: Fields): readonly FieldError[] {
  const { aggregationRule } = role
  if (!isFields(aggregationRule)) return ruleErrors(role, false)
  const selectors = objectsOf(aggregationRule['clusterRoleSelectors'])
  const missing = selectors.length === 0 ? [required(aggregationPath, noSelectors)] : []
  const wrong = selectors.flatMap((selector, index) => {
    const at = aggregationPath.index(index)
    const errors = selectorErrors(selector, at)
    return isSelector(selector) ? errors : [...errors, invalid(at, null, 'invalid label selector.')]
  })
  return [...ruleErrors(role, false), ...missing, ...wrong]
}

/** Whether objects can be selected by it, which is not the same as that it is valid. */
function isSelector(selector: Fields): boolean {
  try {
    labelSelectorAsSelector(labelSelectorOf(selector))
    return true
  } catch {
    return false
  }
}

function bindingErrors(binding: Fields, namespaced: boolean): readonly FieldError[] {
  const { apiGroup, kind, name } = fieldsOf(binding['roleRef'])
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  const errors: FieldError[] = []
  if (apiGroup !== group) errors.push(notSupported(refPath.child('apiGroup'), textOf(apiGroup), [group]))
  if (!kinds.includes(textOf(kind))) errors.push(notSupported(refPath.child('kind'), textOf(kind), kinds))
  if (isEmpty(name)) errors.push(...covered([required(refPath.child('name'))]))
  else errors.push(...invalidEach(refPath.child('name'), name, isValidPathSegmentName(textOf(name))))
  const subjects = objectsOf(binding['subjects'])
  return [
    ...errors,
    ...subjects.flatMap((subject, index) => subjectErrors(subject, namespaced, FieldPath.of('subjects').index(index))),
  ]
}

function subjectErrors(subject: Fields, namespaced: boolean, path: FieldPath): readonly FieldError[] {
  const name = textOf(subject['name'])
  const apiGroup = textOf(subject['apiGroup'])
  const errors: FieldError[] = name === '' ? [...covered([required(path.child('name'))])] : []
  switch (subject['kind']) {
    case 'ServiceAccount':
      if (name !== '') errors.push(...invalidEach(path.child('name'), name, nameIsDNSSubdomain(name, false)))
      if (apiGroup !== '') errors.push(notSupported(path.child('apiGroup'), apiGroup, ['']))
      if (!namespaced && isEmpty(subject['namespace'])) errors.push(required(path.child('namespace')))
      return errors
    case 'User':
    case 'Group':
      return apiGroup === group ? errors : [...errors, notSupported(path.child('apiGroup'), apiGroup, [group])]
    default:
      return [...errors, notSupported(path.child('kind'), textOf(subject['kind']), ['ServiceAccount', 'User', 'Group'])]
  }
}

/** A role reference with the names of the Go fields, as upstream's message prints it. */
function goRoleRef(roleRef: unknown): Fields {
  const { apiGroup, kind, name } = fieldsOf(roleRef)
  return { APIGroup: textOf(apiGroup), Kind: textOf(kind), Name: textOf(name) }
}

function bindingRoom(kind: string, namespaced: boolean): Room {
  // Of the two only the namespaced one is validated by declaration.
  const ordered = namespaced ? coveredLast : (errors: readonly FieldError[]) => errors
  return {
    group,
    kind,
    validate: (binding, context) => ordered(bindingErrors(binding, namespaced), context),
    update: {
      validate: (binding, old, context) => {
        const same = semanticEqual(binding['roleRef'], old['roleRef'])
        const changed = same ? [] : [invalid(refPath, goRoleRef(binding['roleRef']), 'cannot change roleRef')]
        return ordered([...bindingErrors(binding, namespaced), ...changed], context)
      },
    },
  }
}

function roleRoom(kind: string, check: (role: Fields) => readonly FieldError[]): Room {
  return { group, kind, validate: (role) => check(role), update: { validate: (role) => check(role) } }
}

/** @see pkg/registry/rbac */
export const rbacRooms: readonly Room[] = [
  roleRoom('Role', (role) => ruleErrors(role, true)),
  roleRoom('ClusterRole', clusterRoleErrors),
  bindingRoom('RoleBinding', true),
  bindingRoom('ClusterRoleBinding', false),
]
