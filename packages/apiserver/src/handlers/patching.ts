import type { TypeResolver } from '@kube-bonsai/api-types'
import {
  type GroupVersionKind,
  type KubeObject,
  newBadRequest,
  newGenericServerResponse,
  newInvalid,
  quote,
  StatusError,
} from '@kube-bonsai/apimachinery'
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  goText,
  PatchError,
  PatchSchema,
} from '@kube-bonsai/patch'
import { patchedText, touchedByMerge, touchedByOperations } from './patched-text.ts'

/** The media types of patches, in the order in which errors list them. */
export const patchTypes: readonly string[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]

/** Custom resources know no strategic merge. */
export const customPatchTypes: readonly string[] = patchTypes.filter((type) => !type.includes('strategic'))

const jsonPatch = 'application/json-patch+json'
const mergePatch = 'application/merge-patch+json'

/** The object that a patch makes of another. Throws a 400 for a patch that cannot be read, a 422 for one that cannot be applied. */
export function patched(
  type: string,
  object: KubeObject,
  patch: unknown,
  types: TypeResolver,
  kind: GroupVersionKind,
): unknown {
  try {
    switch (type) {
      case jsonPatch:
        return applyJsonPatch(object, checkedOperations(patch))
      case mergePatch:
        return applyMergePatch(object, checkedMergePatch(patch))
      default:
        return applyStrategicMergePatch(object, checkedObject(patch, ''), PatchSchema.of(types, kind))
    }
  } catch (error) {
    if (!(error instanceof PatchError)) throw error
    if (type === mergePatch || (type !== jsonPatch && badRequests.has(error.message)))
      throw newBadRequest(error.message)
    if (type === jsonPatch || unprocessable.has(error.message)) throw rejected(error.message)
    throw StatusError.of({ reason: '', code: 500, message: error.message })
  }
}

/** What errors about the result of a patch say of it, and what strict validation says of the patch itself. */
export interface PatchReport {
  /** The result as JSON, or of a strategic merge patch the patch as Go prints it. */
  readonly text: () => string
  readonly unknown: readonly string[]
  /** Whose words errors about the result are in: only a strategic merge patch is applied to a map. */
  readonly words: 'json' | 'converter'
}

/** How errors report a patch. */
export function patchReport(
  type: string,
  before: KubeObject,
  result: unknown,
  patch: unknown,
  inGoOrder: (object: unknown) => unknown,
): PatchReport {
  if (type !== jsonPatch && type !== mergePatch) return { text: () => goText(patch), unknown: [], words: 'converter' }
  const touched = type === mergePatch ? touchedByMerge(patch) : touchedByOperations(patch)
  return {
    text: () => patchedText(result, inGoOrder(before), touched),
    unknown: type === jsonPatch ? unknownMembers(patch) : [],
    words: 'json',
  }
}

/** The 422 for a result that is no object of its kind. */
export function invalidPatch({ text }: PatchReport, detail: string): StatusError {
  const error = { type: 'FieldValueInvalid' as const, field: 'patch', badValue: text(), detail }
  return newInvalid({ group: '', kind: '' }, '', [error])
}

/** What of a strategic merge patch is the client's fault; anything else is a plain 500 upstream. */
const badRequests = new Set([
  'invalid JSON document',
  'invalid patch format of primitive list',
  'invalid patch format of retainKeys',
  'invalid patch format of setElementOrder list',
  'strategic merge patch format is not supported',
])
const unprocessable = new Set(['lists of lists are not supported', "patch content doesn't match retainKeys list"])

function rejected(message: string): StatusError {
  return newGenericServerResponse({
    code: 422,
    verb: '',
    resource: { group: '', resource: '' },
    name: '',
    serverMessage: message,
    retryAfterSeconds: 0,
    unexpected: false,
  })
}

/** What strict validation says of the operations of a JSON patch: members that they do not have. */
function unknownMembers(patch: unknown): readonly string[] {
  if (!Array.isArray(patch)) return []
  return patch.flatMap((operation, index) =>
    Object.keys(Object(operation))
      .filter((key) => !['op', 'path', 'from', 'value'].includes(key))
      .map((key) => `json patch unknown field ${quote(`[${index}].${key}`)}`),
  )
}

function checkedMergePatch(patch: unknown): object {
  if (patch === null) throw newBadRequest('Invalid JSON Patch')
  return checkedObject(patch, 'error decoding patch: ')
}

function checkedOperations(patch: unknown): readonly unknown[] {
  const cannot = (value: unknown, what: string) =>
    newBadRequest(`error decoding patch: json: cannot unmarshal ${kindOfJson(value)} into Go ${what}`)
  if (patch === null) return []
  if (!Array.isArray(patch)) throw cannot(patch, 'value of type []handlers.jsonPatchOp')
  for (const operation of patch) {
    if (operation === null) continue
    if (typeof operation !== 'object' || Array.isArray(operation))
      throw cannot(operation, 'value of type handlers.jsonPatchOp')
    for (const member of ['op', 'path', 'from']) {
      const value: unknown = Object.hasOwn(operation, member) ? operation[member] : undefined
      if (value === undefined || value === null || typeof value === 'string') continue
      throw cannot(value, `struct field jsonPatchOp.${member} of type string`)
    }
  }
  return patch
}

function checkedObject(patch: unknown, prefix: string): object {
  if (typeof patch === 'object' && patch !== null && !Array.isArray(patch)) return patch
  throw newBadRequest(
    `${prefix}json: cannot unmarshal ${kindOfJson(patch)} into Go value of type map[string]interface {}`,
  )
}

function kindOfJson(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
