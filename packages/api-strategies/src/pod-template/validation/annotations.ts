import { compareUtf8, type FieldError, type FieldPath, forbidden, invalid } from '@kube-bonsai/apimachinery'
import { type Fields, isEmpty, textOf } from '../../meta/json.ts'
import { appArmorAnnotationErrors, appArmorPrefix } from './app-armor.ts'
import type { PodOptions } from './options.ts'
import { tolerationErrors } from './scheduling.ts'
import { seccompAnnotationErrors } from './seccomp.ts'

const mirrorKey = 'kubernetes.io/config.mirror'
const tolerationsKey = 'scheduler.alpha.kubernetes.io/tolerations'
const deletionCostKey = 'controller.kubernetes.io/pod-deletion-cost'

/** Whether the annotations make a pod the mirror of a static one. */
export const isMirrorPod = (annotations: Fields): boolean => Object.hasOwn(annotations, mirrorKey)

/** Whether the cost of deleting a pod is an int32 in plain digits; none is fine. */
export function validDeletionCost(annotations: Fields): boolean {
  if (!Object.hasOwn(annotations, deletionCostKey)) return true
  const text = textOf(annotations[deletionCostKey])
  if (!/^(0|-[0-9]+|[1-9][0-9]*)$/.test(text)) return false
  const value = Number(text)
  return value >= -(2 ** 31) && value < 2 ** 31
}

/** Checks the annotations of a pod that mean something to the API server. */
export function podAnnotationErrors(
  annotations: Fields,
  spec: Fields,
  options: PodOptions,
  path: FieldPath,
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (isMirrorPod(annotations) && isEmpty(spec['nodeName'])) {
    const detail = 'must set spec.nodeName if mirror pod annotation is set'
    errors.push(invalid(path.key(mirrorKey), textOf(annotations[mirrorKey]), detail))
  }
  if (!isEmpty(annotations[tolerationsKey])) errors.push(...annotatedTolerationErrors(annotations, options, path))
  if (!options.anyDeletionCost && !validDeletionCost(annotations)) {
    errors.push(invalid(path.key(deletionCostKey), textOf(annotations[deletionCostKey]), 'must be a 32bit integer'))
  }
  return [
    ...errors,
    ...seccompAnnotationErrors(annotations, path),
    ...appArmorAnnotationErrors(annotations, spec, path),
  ]
}

function annotatedTolerationErrors(annotations: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  try {
    const tolerations: unknown = JSON.parse(textOf(annotations[tolerationsKey]))
    return Array.isArray(tolerations) ? tolerationErrors(tolerations, options, path.child(tolerationsKey)) : []
  } catch (error) {
    return [invalid(path, tolerationsKey, error instanceof Error ? error.message : String(error))]
  }
}

/** Checks how the annotations of a pod changed. */
export function podAnnotationUpdateErrors(
  annotations: Fields,
  old: Fields,
  spec: Fields,
  options: PodOptions,
  path: FieldPath,
): readonly FieldError[] {
  const changed = Object.keys(old)
    .filter((key) => annotations[key] !== old[key])
    .sort(compareUtf8)
  const added = Object.keys(annotations)
    .filter((key) => !Object.hasOwn(old, key))
    .sort(compareUtf8)
  return [
    ...changed.flatMap((key) => keptErrors(key, 'remove or update', path)),
    ...added.flatMap((key) => keptErrors(key, 'add', path)),
    ...podAnnotationErrors(annotations, spec, options, path),
  ]
}

function keptErrors(key: string, verb: string, path: FieldPath): readonly FieldError[] {
  if (key.startsWith(appArmorPrefix)) return [forbidden(path.key(key), `may not ${verb} AppArmor annotations`)]
  return key === mirrorKey ? [forbidden(path.key(key), `may not ${verb} mirror pod annotation`)] : []
}
