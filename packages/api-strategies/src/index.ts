export { fillZeroValues } from './defaulting/default-kind.ts'
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
