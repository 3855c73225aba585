import { type FieldError, FieldPath, forbidden, semanticEqual } from '@kube-bonsai/apimachinery'
import { indentedInternal } from '../../internal-form/internal-value.ts'
import { unifiedDiff } from '../../internal-form/unified-diff.ts'
import { type Fields, fieldsOf, objectsOf, textOf } from '../../meta/json.ts'
import { isMirrorPod, podAnnotationUpdateErrors } from '../../pod-template/validation/annotations.ts'
import type { StrategyContext } from '../../strategy.ts'
import { annotationsOf, annotationsPath, optionsOf, podErrors } from './validation.ts'

const path = FieldPath.of('spec').child('ephemeralContainers')

/** Checks a change of `pods/ephemeralcontainers`: those that are there stay as they are. */
export function ephemeralUpdateErrors(pod: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  if (isMirrorPod(annotationsOf(old)))
    return [forbidden(FieldPath.of(''), 'static pods do not support ephemeral containers')]
  const options = optionsOf(pod, old, context)
  const spec = fieldsOf(pod['spec'])
  const containers = objectsOf(spec['ephemeralContainers'])
  const changed = objectsOf(fieldsOf(old['spec'])['ephemeralContainers']).flatMap((known) => {
    const next = containers.findLast(({ name }) => name === known['name'])
    const who = `existing ephemeral containers "${textOf(known['name'])}"`
    if (next === undefined) return [forbidden(path, `${who} may not be removed\n`)]
    if (semanticEqual(next, known)) return []
    const type = 'EphemeralContainer'
    const difference = unifiedDiff(indentedInternal(type, known), indentedInternal(type, next))
    return [forbidden(path, `${who} may not be changed\n${difference}`)]
  })
  return [
    ...podErrors(pod, options),
    ...podAnnotationUpdateErrors(annotationsOf(pod), annotationsOf(old), spec, options, annotationsPath),
    ...changed,
  ]
}
