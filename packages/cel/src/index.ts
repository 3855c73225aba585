export { constructObject, ObjectValue, PatchValue } from './admission/constructed.ts'
export type { AdmissionVariables } from './admission/environment.ts'
export {
  AdmissionBudgetError,
  AdmissionEvaluation,
  type AdmissionInput,
  matchConditionCostBudget,
  policyCostBudget,
} from './admission/evaluation.ts'
export {
  type AdmissionExpression,
  type AdmissionExpressionKind,
  compileAdmissionExpression,
  PolicyCompiler,
} from './admission/expressions.ts'
export {
  type CelEnvironment,
  createEnvironment,
  type EnvironmentOptions,
  type StructDeclaration,
} from './checker/environment.ts'
export { type ExpressionProblem, type ExpressionUse, expressionChecker, type PolicyExpressionCheck } from './checks.ts'
export { type Correlated, evaluateRules, ruleCostBudget } from './custom-resources/evaluate.ts'
export { type ResolvedFieldPath, resolveFieldPath } from './custom-resources/field-path.ts'
export { escapeName, unescapeName } from './custom-resources/names.ts'
export {
  type CompiledExpression,
  type CompiledRule,
  compileRules,
  type ValidationRule,
} from './custom-resources/rules.ts'
export type { JsonSchema } from './custom-resources/schema.ts'
export {
  compileDeviceSelector,
  type DeviceAttributeValue,
  type DeviceSelector,
  type DeviceSelectorOptions,
  deviceSelectorCostLimit,
  type SelectedDevice,
} from './devices/device-selector.ts'
export {
  CheckedExpression,
  type Compiled,
  compile,
  type Evaluation,
  Program,
  perCallLimit,
  type Variables,
} from './engine.ts'
export type { SizeEstimator } from './estimate/node.ts'
export type { Range } from './estimate/range.ts'
export { parseType } from './functions/declarations.ts'
export { PlanError } from './interpreter/planner.ts'
export {
  type AuthorizationAnswer,
  type AuthorizationQuestion,
  type AuthorizationSubject,
  type Authorize,
  AuthorizerValue,
  ResourceCheckValue,
} from './libraries/authorizer.ts'
export { type CelType, typeName } from './types/cel-type.ts'
export { fromJson } from './values/json.ts'
export { jsonOf } from './values/to-json.ts'
export { CelError, CelList, CelMap, CelObject, CelOptional, CelUint, type Value } from './values/value.ts'
