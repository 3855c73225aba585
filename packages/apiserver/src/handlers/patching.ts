import type { TypeResolver } from '@kube-bonsai/api-types'
import {
  type GroupVersionKind,
  type KubeObject,
  newBadRequest,
  newGenericServerResponse,
} from '@kube-bonsai/apimachinery'
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch, PatchError, PatchSchema } from '@kube-bonsai/patch'

/** The media types of patches, in the order in which errors list them. */
export const patchTypes: readonly string[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]

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
      case 'application/json-patch+json':
        return applyJsonPatch(object, patch)
      case 'application/merge-patch+json':
        return applyMergePatch(object, checkedObject(patch))
      default:
        return applyStrategicMergePatch(object, checkedObject(patch), PatchSchema.of(types, kind))
    }
  } catch (error) {
    if (!(error instanceof PatchError)) throw error
    if (type !== 'application/json-patch+json' || error.kind === 'malformed') throw newBadRequest(error.message)
    throw newGenericServerResponse({
      code: 422,
      verb: '',
      resource: { group: '', resource: '' },
      name: '',
      serverMessage: error.message,
      retryAfterSeconds: 0,
      unexpected: false,
    })
  }
}

function checkedObject(patch: unknown): object {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) {
    throw newBadRequest(
      `error decoding patch: json: cannot unmarshal ${Array.isArray(patch) ? 'array' : typeof patch} into Go value of type map[string]interface {}`,
    )
  }
  return patch
}
