export { type ApiApproval, apiApprovalOf } from './apiextensions/approval.ts'
export { structuralViolations } from './apiextensions/strategy.ts'
export { scaleTable } from './autoscaling/tables.ts'
export { asConverted, internalMetadata, withTemplateGeneration } from './conversion-effects.ts'
export { convertObject } from './conversions.ts'
export { addressErrors as serviceAddressErrors } from './core/service/address-validation.ts'
export { type DecodedCustomResource, decodeCustomResource, reshapeCustomResource } from './custom-resource/decode.ts'
export type { RuleEvaluator } from './custom-resource/rules.ts'
export { lookUpPath, type ScalePaths, scalePathsOf, splitPath, withPath } from './custom-resource/scale.ts'
export type { Correlation } from './custom-resource/schema/correlation.ts'
export { compileSchema, type SchemaNode, type ValidationRule } from './custom-resource/schema/node.ts'
export { type CustomResourceVersion, customResourceStrategy } from './custom-resource/strategy.ts'
export { customResourceTable } from './custom-resource/table.ts'
export { fillZeroValues } from './defaulting/default-kind.ts'
export type {
  AdmissionExpressionChecker,
  AdmissionExpressionKind,
  AdmissionExpressionOptions,
  ExpressionError,
  PolicyExpressions,
} from './expression-checker.ts'
export { generalMetadataErrors, newMetadataErrors, updatedMetadataErrors } from './generic/metadata-errors.ts'
export type { MetadataCheck, MetadataRules } from './generic/metadata-rules.ts'
export { internalDifference } from './internal-form/difference.ts'
export { type FieldNames, type ResetFields, resetFieldsOf } from './reset-fields.ts'
export { asStored } from './stored-form.ts'
export { strategies, strategyFor } from './strategies.ts'
export type {
  DeletePlan,
  ExpressionChecks,
  ExpressionProblem,
  Strategy,
  StrategyContext,
  TableColumn,
  TableRow,
  TableStrategy,
  UpdateStrategy,
} from './strategy.ts'
