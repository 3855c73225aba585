import { type FieldError, FieldPath, invalid, required, semanticEqual } from '@kube-bonsai/apimachinery'
import type { PolicyExpressions } from '../expression-checker.ts'
import { type Fields, fieldsOf, isFields, objectsOf, textOf } from '../meta/json.ts'
import type { StrategyContext } from '../strategy.ts'
import { expressionErrors, expressionsIn, matchConditionErrors } from './match-conditions.ts'
import { matchConstraintErrors, mustBeOneOf, paramKindErrors } from './match-resources.ts'

export const specPath: FieldPath = FieldPath.of('spec')
export const specOf = (object: Fields): Fields => fieldsOf(object['spec'])

/** Checks the parts that validating and mutating policies share, up to the match conditions. */
export function sharedErrors(
  policy: Fields,
  old: Fields | undefined,
  context: StrategyContext,
  /** What is checked between constraints and conditions. */
  constraints: () => readonly FieldError[] = () => [],
): readonly FieldError[] {
  const spec = specOf(policy)
  const before = old === undefined ? undefined : specOf(old)
  const { paramKind, matchConditions } = spec
  const hasParams = isFields(paramKind)
  const unchanged =
    before !== undefined &&
    semanticEqual(paramKind, before['paramKind']) &&
    semanticEqual(matchConditions, before['matchConditions'])
  const stored = new Set(expressionsIn(before?.['matchConditions']))
  return [
    ...mustBeOneOf(spec['failurePolicy'], specPath.child('failurePolicy'), ['Fail', 'Ignore']),
    ...(hasParams ? paramKindErrors(paramKind, specPath.child('paramKind')) : []),
    ...matchConstraintErrors(spec['matchConstraints'], specPath.child('matchConstraints')),
    ...constraints(),
    ...(unchanged
      ? []
      : matchConditionErrors(matchConditions, specPath.child('matchConditions'), { hasParams, stored }, context)),
  ]
}

const identifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

/** Checks the variables of a policy, and declares them. */
export function variableErrors(
  spec: Fields,
  stored: ReadonlySet<string>,
  expressions: PolicyExpressions | undefined,
): readonly FieldError[] {
  return objectsOf(spec['variables']).flatMap((variable, index) => {
    const at = specPath.child('variables').index(index)
    const name = textOf(variable['name'])
    const expression = textOf(variable['expression'])
    const errors: FieldError[] = []
    if (name.trim() === '') errors.push(required(at.child('name'), 'name is not specified'))
    else if (!identifier.test(name) || reserved.has(name)) {
      errors.push(invalid(at.child('name'), name, 'must be a valid CEL identifier'))
    }
    if (expression.trim() === '') return [...errors, required(at.child('expression'), 'expression is not specified')]
    const problem = expressions?.declare(name, expression, {
      kind: 'variable',
      hasParams: isFields(spec['paramKind']),
      hasAuthorizer: true,
      stored: stored.has(expression),
    })
    return [...errors, ...expressionErrors(problem, expression, at.child('expression'))]
  })
}
