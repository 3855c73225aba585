import { type FieldError, type FieldPath, invalid, notSupported, required } from '@kube-bonsai/apimachinery'
import type { PolicyExpressions } from '../expression-checker.ts'
import { named, oneOfErrors } from '../meta/checks.ts'
import { type Fields, fieldsOf, isFields, listOf, objectsOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'
import type { StrategyContext } from '../strategy.ts'
import { expressionErrors, expressionsIn } from './match-conditions.ts'
import { sharedErrors, specOf, specPath, variableErrors } from './policy.ts'

const operations = ['*', 'CONNECT', 'CREATE', 'UPDATE']
/** How a mutation says what to change: the type, and the field that goes with it. */
const patches = [
  ['JSONPatch', 'jsonPatch'],
  ['ApplyConfiguration', 'applyConfiguration'],
] as const

/** Refuses operations that cannot be changed: deletions. `name` is the field that has the rules. */
export function operationErrors(spec: Fields, name: string): readonly FieldError[] {
  const at = specPath.child(name, 'resourceRules', 'operations')
  return objectsOf(fieldsOf(spec[name])['resourceRules'])
    .flatMap((rule) => listOf(rule['operations']))
    .filter((operation) => !operations.includes(textOf(operation)))
    .map((operation) => notSupported(at, named(operation), operations))
}

function policyErrors(policy: Fields, old: Fields | undefined, context: StrategyContext): readonly FieldError[] {
  const spec = specOf(policy)
  const expressions = context.admissionExpressions?.policy(true)
  const before = objectsOf(specOf(old ?? {})['mutations'])
  const stored = new Set(expressionsIn(before.map(({ applyConfiguration }) => applyConfiguration)))
  const hasParams = isFields(spec['paramKind'])
  const mutations = objectsOf(spec['mutations'])
  const at = specPath.child('mutations')
  return [
    ...sharedErrors(policy, old, context, () => operationErrors(spec, 'matchConstraints')),
    ...variableErrors(spec, new Set(), expressions),
    ...(mutations.length === 0 ? [required(at, 'mutations must contain at least one item')] : []),
    ...mutations.flatMap((mutation, index) => {
      const check = (kind: 'jsonPatch' | 'applyConfiguration', change: Fields, path: FieldPath) =>
        changeErrors(kind, change, path, { hasParams, stored, expressions })
      return mutationErrors(mutation, at.index(index), check)
    }),
    ...oneOfErrors(spec['reinvocationPolicy'], specPath.child('reinvocationPolicy'), ['IfNeeded', 'Never']),
  ]
}

type CheckChange = (kind: 'jsonPatch' | 'applyConfiguration', change: Fields, path: FieldPath) => readonly FieldError[]

function mutationErrors(mutation: Fields, at: FieldPath, check: CheckChange): readonly FieldError[] {
  const { patchType } = mutation
  const at0 = at.child('patchType')
  if (textOf(patchType) === '') return [required(at0)]
  const used = patches.find(([type]) => type === patchType)
  const other = patches.find(([type]) => type !== patchType)
  if (used === undefined || other === undefined) {
    return [notSupported(at0, named(patchType), ['ApplyConfiguration', 'JSONPatch'])]
  }
  const [type, name] = used
  const change = mutation[name]
  const errors = isFields(change)
    ? [...check(name, change, at.child(name))]
    : [required(at.child(name), `must be specified when patchType is ${type}`)]
  if (!isFields(mutation[other[1]])) return errors
  return [...errors, invalid(at.child(other[1]), `{${other[1]}}`, `must not be specified when patchType is ${type}`)]
}

function changeErrors(
  kind: 'jsonPatch' | 'applyConfiguration',
  change: Fields,
  path: FieldPath,
  options: { hasParams: boolean; stored: ReadonlySet<string>; expressions: PolicyExpressions | undefined },
): readonly FieldError[] {
  const { hasParams, stored, expressions } = options
  const text = textOf(change['expression'])
  const expression = text.trim()
  const at = path.child('expression')
  if (expression === '') return [required(at)]
  const problem = expressions?.check(expression, { kind, hasParams, hasAuthorizer: true, stored: stored.has(text) })
  return expressionErrors(problem, expression, at)
}

/** @see pkg/registry/admissionregistration/mutatingadmissionpolicy/strategy.go */
export const mutatingAdmissionPolicyRoom: Room = {
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicy',
  validate: (policy, context) => policyErrors(policy, undefined, context),
  update: { validate: policyErrors },
}
