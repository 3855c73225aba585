import { compactJson, type KubeObject, totalAnnotationSizeLimit, utf8Length } from '@kube-bonsai/apimachinery'
import { isMap } from '../../util/json.ts'
import { differenceOf, type FieldSet, fieldSetHas } from '../fields/field-set.ts'
import { compareTyped } from '../typed/compare.ts'
import { fieldSetOfValue } from '../typed/field-set-of.ts'
import { checkTyped } from '../typed/validate.ts'
import { ApplyConflicts } from './conflicts.ts'
import type { Versions } from './updater.ts'

/** Where client-side apply keeps what was applied last. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** The manager whose applies take over from client-side apply. */
export const kubectlManager = 'kubectl'

/**
 * Which conflicts remain when kubectl applies on the server what it applied on the client before: none where the live
 * object still has what the annotation says.
 */
export function conflictsBeyondLastApplied(
  versions: Versions,
  live: KubeObject,
  error: ApplyConflicts,
): ApplyConflicts | undefined {
  const allowed = lastAppliedFields(versions, live)
  if (allowed === undefined) return error
  const left = error.conflicts.filter(({ path }) => !fieldSetHas(allowed, path))
  return left.length === 0 ? undefined : new ApplyConflicts(left)
}

/** The fields of the annotation that the live object still has; undefined when it cannot be used. */
function lastAppliedFields(versions: Versions, live: KubeObject): FieldSet | undefined {
  const text = live.metadata.annotations?.[lastAppliedAnnotation] ?? ''
  const type = versions.typeIn(versions.apiVersion)
  if (text === '' || type === undefined) return undefined
  try {
    const last: unknown = JSON.parse(text)
    if (!isMap(last) || last.apiVersion !== versions.apiVersion) return undefined
    checkTyped(type, live, false)
    checkTyped(type, last, false)
    const { modified, added, removed } = compareTyped(type, last, live)
    return [modified, added, removed].reduce(differenceOf, fieldSetOfValue(type, last))
  } catch {
    return undefined
  }
}

/** Writes what kubectl applies on the server into the annotation that client-side apply left, if it did. */
export function refreshLastApplied(object: KubeObject, config: KubeObject): KubeObject {
  const annotations = object.metadata.annotations ?? {}
  if (!annotations[lastAppliedAnnotation]) return object
  const next: Record<string, string> = {
    ...annotations,
    [lastAppliedAnnotation]: `${compactJson(withoutAnnotation(config))}\n`,
  }
  const size = Object.entries(next).reduce((sum, [key, value]) => sum + utf8Length(key) + utf8Length(value), 0)
  if (size > totalAnnotationSizeLimit) delete next[lastAppliedAnnotation]
  return { ...object, metadata: { ...object.metadata, annotations: next } }
}

function withoutAnnotation(config: KubeObject): KubeObject {
  const annotations = config.metadata?.annotations
  if (annotations === undefined) return config
  const { [lastAppliedAnnotation]: _, ...rest } = annotations
  return { ...config, metadata: { ...config.metadata, annotations: rest } }
}
