import type { KubeObject } from '@kube-bonsai/apimachinery'
import { appsConversions } from './apps/conversion.ts'
import { autoscalingConversions } from './autoscaling/conversion.ts'
import type { Conversion, VersionConversion } from './conversion.ts'
import { eventConversions } from './core/event/conversion.ts'
import { discoveryConversions } from './discovery/conversion.ts'
import { fieldsOf } from './meta/json.ts'
import { networkingConversions } from './networking/conversion.ts'
import { runtimeClassConversions } from './node/conversion.ts'
import { policyConversions } from './policy/conversion.ts'
import { resourceConversions } from './resource/conversion.ts'

/** The kinds whose versions differ. A new one is a file `conversion.ts` in its group's folder and a line here. */
const conversions: readonly Conversion[] = [
  ...appsConversions,
  ...autoscalingConversions,
  ...discoveryConversions,
  ...eventConversions,
  ...networkingConversions,
  ...policyConversions,
  ...resourceConversions,
  ...runtimeClassConversions,
]

const byVersion: ReadonlyMap<string, VersionConversion> = new Map(
  conversions.flatMap(({ kind, versions }) =>
    Object.entries(versions).map(([apiVersion, conversion]) => [`${apiVersion}/${kind}`, conversion] as const),
  ),
)

/**
 * An object of a built-in kind in another version, as upstream's conversion through the internal form makes it. Kinds whose
 * versions have the same fields only get the other apiVersion; the object itself when it is in that version already.
 *
 * @param object decoded and defaulted, or as it is kept
 * @param apiVersion a version of the same kind; the group may be another one for kinds that moved
 */
export function convertObject(object: KubeObject, apiVersion: string): KubeObject {
  if (object.apiVersion === apiVersion) return object
  const from = byVersion.get(`${object.apiVersion}/${object.kind}`)
  const to = byVersion.get(`${apiVersion}/${object.kind}`)
  if (from === undefined && to === undefined) return { ...object, apiVersion }
  let fields = fieldsOf(object)
  if (from !== undefined) fields = from.toHub(fields)
  if (to !== undefined) fields = to.fromHub(fields)
  return { ...fields, apiVersion, kind: object.kind, metadata: fieldsOf(fields['metadata']) }
}
