export {
  byResourceVersion,
  compareResourceVersions,
  orderResourceVersions,
  resourceVersionsEqual,
  type Versioned,
} from './compare.ts'
export {
  isResourceVersion,
  parseResourceVersion,
  type ResourceVersion,
  ResourceVersionError,
} from './resource-version.ts'
