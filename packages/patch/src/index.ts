export { applyJsonPatch, maxJsonPatchOperations } from './json-patch/apply.ts'
export { FieldManager, type FieldManagerOptions, withManagedFields } from './managed-fields/field-manager.ts'
export type { FieldSet } from './managed-fields/fields/field-set.ts'
export type { FieldSetPath, PathElement } from './managed-fields/fields/path-element.ts'
export { parentManagedFields, type ReplicasPaths, scaleManagedFields } from './managed-fields/scale-handler.ts'
export type { ValueType } from './managed-fields/schema/atom.ts'
export { builtInType } from './managed-fields/schema/built-in-type.ts'
export { schemalessType, structuralType } from './managed-fields/schema/structural-type.ts'
export { zeroObject } from './managed-fields/schema/zero-object.ts'
export { TypedError, type TypedProblem } from './managed-fields/typed/errors.ts'
export { readManagedFields } from './managed-fields/update/managers.ts'
export { applyMergePatch } from './merge-patch/apply.ts'
export { createMergePatch } from './merge-patch/create.ts'
export { applyStrategicMergePatch } from './strategic/apply.ts'
export { createStrategicMergePatch } from './strategic/create.ts'
export { type FieldPatch, PatchSchema } from './strategic/schema.ts'
export { PatchConflictError } from './three-way/conflict.ts'
export type { ThreeWayDocuments } from './three-way/documents.ts'
export { createThreeWayJsonMergePatch } from './three-way/json.ts'
export {
  kubectlPreconditions,
  type Precondition,
  requireKeyUnchanged,
  requireMetadataKeyUnchanged,
} from './three-way/preconditions.ts'
export { createThreeWayMergePatch, type ThreeWayOptions } from './three-way/strategic.ts'
export { PatchError, type PatchErrorKind } from './util/errors.ts'
export { goText } from './util/go-text.ts'
export { maxDepth } from './util/json.ts'
