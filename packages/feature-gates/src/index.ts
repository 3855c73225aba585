export { FeatureGateError, type FeatureGateFault, UnknownFeatureError } from './errors.ts'
export type { FeatureSpec, FeatureStage } from './feature.ts'
export {
  createFeatureGates,
  type FeatureGateSet,
  type FeatureGates,
  type FeatureGatesOptions,
  type FeatureSettings,
} from './feature-gates.ts'
export { parseFeatureGatesFlag } from './parse-flag.ts'
