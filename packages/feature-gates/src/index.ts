/** Answers whether a feature is on. Throws UnknownFeatureError for a name that v1.35 does not have. */
export interface FeatureGates {
  enabled(name: string): boolean
}
