import { deepEqual, type FieldPath, quote } from '@kube-bonsai/apimachinery'
import { annotatedProfile } from '../../core/pod/annotated-app-armor.ts'
import { type Fields, fieldsOf, isAbsent, isFields, objectsOf, textOf } from '../../meta/json.ts'
import { appArmorPrefix } from '../validation/app-armor.ts'
import { isFraction, quantityOf } from '../validation/quantities.ts'
import type { PlacedContainer } from '../validation/visit-containers.ts'
import type { WarnedPod } from './pod-warnings.ts'

const seccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/'

/** Warns of annotations in place of fields, of parts of bytes and of variables that hide others. */
export function containerWarnings(pod: WarnedPod, containers: readonly PlacedContainer[]): readonly string[] {
  return containers.flatMap(({ container, path }) => {
    const { limits, requests } = fieldsOf(container['resources'])
    const [limitsAt, requestsAt] = [path.child('resources', 'limits'), path.child('resources', 'requests')]
    return [
      ...annotationWarnings(pod, container),
      ...fractionWarnings(limits, limitsAt, ['memory']),
      ...fractionWarnings(requests, requestsAt, ['memory']),
      ...fractionWarnings(limits, limitsAt, ['ephemeral-storage']),
      ...fractionWarnings(requests, requestsAt, ['ephemeral-storage']),
      ...hiddenVariables(container, path.child('env')),
    ]
  })
}

/** Warns of amounts that are parts of a byte. */
export function fractionWarnings(
  amounts: unknown,
  path: FieldPath,
  names: readonly string[] = ['memory', 'ephemeral-storage'],
): readonly string[] {
  const list = fieldsOf(amounts)
  return names.flatMap((name) => {
    const amount = quantityOf(Object.hasOwn(list, name) ? list[name] : '0')
    if (!isFraction(amount)) return []
    return [`${path.key(name)}: fractional byte value ${quote(amount.toString())} is invalid, must be an integer`]
  })
}

function annotationWarnings(pod: WarnedPod, container: Fields): readonly string[] {
  const { spec, annotations, path, isTemplate } = pod
  const name = textOf(container['name'])
  const own = fieldsOf(container['securityContext'])
  const at = path.child('metadata', 'annotations')
  const [seccompKey, appArmorKey] = [`${seccompPrefix}${name}`, `${appArmorPrefix}${name}`]
  const warnings: string[] = []
  if (!isFields(own['seccompProfile']) && Object.hasOwn(annotations, seccompKey)) {
    warnings.push(`${at.key(seccompKey)}: non-functional in v1.27+; use the "seccompProfile" field instead`)
  }
  if (!isTemplate || isFields(own['appArmorProfile']) || !Object.hasOwn(annotations, appArmorKey)) return warnings
  const ofPod = fieldsOf(spec['securityContext'])['appArmorProfile']
  if (isFields(ofPod) && deepEqual(ofPod, annotatedProfile(textOf(annotations[appArmorKey])))) return warnings
  return [...warnings, appArmorWarning(at, appArmorKey)]
}

/** What is said of an AppArmor annotation. */
export function appArmorWarning(annotations: FieldPath, key: string): string {
  return `${annotations.key(key)}: deprecated since v1.30; use the "appArmorProfile" field instead`
}

/** A variable may be set again if its new value builds on the old one. */
function hiddenVariables(container: Fields, path: FieldPath): readonly string[] {
  const seen = new Set<string>()
  return objectsOf(container['env']).flatMap((variable, index) => {
    const name = textOf(variable['name'])
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    const [value, reference] = [textOf(variable['value']), `$(${name})`]
    const builds = isAbsent(variable['valueFrom']) && value !== reference && value.includes(reference)
    if (builds) return []
    return [`${path.index(index)}: hides previous definition of ${quote(name)}, which may be dropped when using apply`]
  })
}
