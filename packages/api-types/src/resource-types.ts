export type { BuiltInResourceTypes as ResourceTypes } from './generated/resource-types.ts'
