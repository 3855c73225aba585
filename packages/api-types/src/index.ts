export type { ResourceTypes } from './resource-types.ts'
export type { FieldSchema, FieldType, TypeName, TypeSchema } from './schema.ts'
export type { ResourceInfo, Scheme, SubresourceInfo, TypeResolver } from './scheme.ts'
