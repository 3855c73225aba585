export type {
  AdmissionExpressionKind,
  AdmissionExpressionOptions,
  DeviceSelectorOptions,
  ExpressionChecker,
  ExpressionError,
  PolicyExpressions,
} from './kubernetes/expression-checker.ts'
