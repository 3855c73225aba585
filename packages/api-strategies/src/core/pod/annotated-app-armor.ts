import { deepEqual, FieldPath } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isFields, mapItems, textOf, withField } from '../../meta/json.ts'
import { appArmorErrors, appArmorPrefix } from '../../pod-template/validation/app-armor.ts'
import { containerLists } from '../../pod-template/validation/visit-containers.ts'
import { appArmorWarning } from '../../pod-template/warnings/containers.ts'
import type { StrategyContext } from '../../strategy.ts'

const localPrefix = 'localhost/'

/** The profile that an annotation from before there was a field stands for; undefined for one that stands for none. */
export function annotatedProfile(annotation: string): Fields | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' }
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' }
  const localhostProfile = annotation.startsWith(localPrefix) ? annotation.slice(localPrefix.length) : ''
  return localhostProfile === '' ? undefined : { type: 'Localhost', localhostProfile }
}

const annotationsPath = FieldPath.of('metadata', 'annotations')

/**
 * A new pod whose containers have the AppArmor profiles that only its annotations name. Warns of those annotations,
 * before anything else is said of the pod.
 *
 * @see pkg/registry/core/pod/strategy.go applyAppArmorVersionSkew
 */
export function withAnnotatedAppArmor(pod: Fields, context: StrategyContext): Fields {
  const annotations = fieldsOf(fieldsOf(pod['metadata'])['annotations'])
  const spec = fieldsOf(pod['spec'])
  if (!Object.keys(annotations).some((key) => key.startsWith(appArmorPrefix))) return pod
  if (fieldsOf(spec['os'])['name'] === 'windows') return pod
  const ofPod = fieldsOf(spec['securityContext'])['appArmorProfile']
  let result = spec
  for (const list of containerLists) {
    const containers = spec[list]
    if (!Array.isArray(containers)) continue
    const next = mapItems(containers, (item) =>
      isFields(item) ? withProfile(item, annotations, ofPod, context) : item,
    )
    result = withField(result, list, next)
  }
  return withField(pod, 'spec', result)
}

function withProfile(container: Fields, annotations: Fields, ofPod: unknown, { warn }: StrategyContext): Fields {
  const key = `${appArmorPrefix}${textOf(container['name'])}`
  const annotation = annotations[key]
  const context = fieldsOf(container['securityContext'])
  if (typeof annotation !== 'string' || isFields(context['appArmorProfile'])) return container
  const profile = annotatedProfile(annotation)
  const valid = profile !== undefined && appArmorErrors(profile, FieldPath.root).length === 0
  if (valid && deepEqual(profile, ofPod)) return container
  warn?.(appArmorWarning(annotationsPath, key))
  return valid ? { ...container, securityContext: { ...context, appArmorProfile: profile } } : container
}
