import { type FieldError, FieldPath, forbidden } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, objectsOf } from '../../meta/json.ts'
import { podAnnotationErrors } from '../../pod-template/validation/annotations.ts'
import { appArmorMismatches } from '../../pod-template/validation/app-armor.ts'
import { imageBlankErrors } from '../../pod-template/validation/containers.ts'
import { type PodOptions, podOptions } from '../../pod-template/validation/options.ts'
import { podSpecErrors } from '../../pod-template/validation/pod-spec.ts'
import { seccompMismatches } from '../../pod-template/validation/seccomp.ts'
import type { StrategyContext } from '../../strategy.ts'

const specPath = FieldPath.of('spec')
/** Where the annotations of a pod stand. */
export const annotationsPath: FieldPath = FieldPath.of('metadata').child('annotations')

/** The annotations of a pod. */
export const annotationsOf = (pod: Fields): Fields => fieldsOf(fieldsOf(pod['metadata'])['annotations'])

/** How strictly a pod is judged; `old` is the stored one. */
export function optionsOf(pod: Fields, old: Fields | undefined, context: StrategyContext): PodOptions {
  const stored = old === undefined ? {} : { old: fieldsOf(old['spec']), oldAnnotations: annotationsOf(old) }
  return podOptions({ spec: fieldsOf(pod['spec']), metadata: fieldsOf(pod['metadata']), ...stored }, context)
}

/** Checks what every pod must be, new or changed. */
export function podErrors(pod: Fields, options: PodOptions): readonly FieldError[] {
  const spec = fieldsOf(pod['spec'])
  return [
    ...podAnnotationErrors(annotationsOf(pod), spec, options, annotationsPath),
    ...podSpecErrors(spec, options, specPath),
    ...tokenErrors(spec),
    ...imageBlankErrors(spec['containers'], specPath.child('containers')),
    ...imageBlankErrors(spec['initContainers'], specPath.child('initContainers')),
  ]
}

/** A pod without a service account cannot ask for its token. */
function tokenErrors(spec: Fields): readonly FieldError[] {
  if (!isEmpty(spec['serviceAccountName'])) return []
  return objectsOf(spec['volumes']).flatMap((volume, index) =>
    objectsOf(fieldsOf(volume['projected'])['sources']).flatMap(({ serviceAccountToken }, source) => {
      if (isAbsent(serviceAccountToken)) return []
      const path = specPath.child('volumes').index(index).child('projected', 'sources').index(source)
      return [forbidden(path.child('serviceAccountToken'), 'must not be specified when serviceAccountName is not set')]
    }),
  )
}

/** Checks a new pod. @see pkg/apis/core/validation/validation.go ValidatePodCreate */
export function newPodErrors(pod: Fields, context: StrategyContext): readonly FieldError[] {
  const spec = fieldsOf(pod['spec'])
  const errors = [...podErrors(pod, optionsOf(pod, undefined, context))]
  if (!isEmpty(spec['ephemeralContainers'])) {
    errors.push(forbidden(specPath.child('ephemeralContainers'), 'cannot be set on create'))
  }
  if (!isEmpty(spec['nodeName']) && !isEmpty(spec['schedulingGates'])) {
    errors.push(forbidden(specPath.child('nodeName'), 'cannot be set until all schedulingGates have been cleared'))
  }
  const annotations = annotationsOf(pod)
  return [
    ...errors,
    ...seccompMismatches(spec, annotations, specPath),
    ...appArmorMismatches(spec, annotations, specPath),
  ]
}
