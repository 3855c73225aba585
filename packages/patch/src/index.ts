export { applyJsonPatch, maxJsonPatchOperations } from './json-patch/apply.ts'
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
export { maxDepth } from './util/json.ts'
