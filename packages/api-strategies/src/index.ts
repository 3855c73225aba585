export { asConverted, withTemplateGeneration } from './conversion-effects.ts'
export { fillZeroValues } from './defaulting/default-kind.ts'
export { type FieldNames, type ResetFields, resetFieldsOf } from './reset-fields.ts'
export { strategies, strategyFor } from './strategies.ts'
export type {
  DeletePlan,
  Strategy,
  StrategyContext,
  TableColumn,
  TableRow,
  TableStrategy,
  UpdateStrategy,
} from './strategy.ts'
