import {
  type FieldError,
  FieldPath,
  forbidden,
  inclusiveRangeMessage,
  invalid,
  required,
  semanticEqual,
} from '@kube-bonsai/apimachinery'
import { indentedInternal } from '../../internal-form/internal-value.ts'
import { unifiedDiff } from '../../internal-form/unified-diff.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, numberOf, objectsOf, textOf, withField } from '../../meta/json.ts'
import { podAnnotationUpdateErrors } from '../../pod-template/validation/annotations.ts'
import type { PodOptions } from '../../pod-template/validation/options.ts'
import { tolerationErrors } from '../../pod-template/validation/scheduling.ts'
import type { StrategyContext } from '../../strategy.ts'
import { gatedPodErrors, withStoredNodes } from './gated-pod.ts'
import { annotationsOf, annotationsPath, optionsOf, podErrors } from './validation.ts'

const specPath = FieldPath.of('spec')
const int32Max = 2_147_483_647
const changeable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
]

/**
 * Checks a change of a pod: little more than images may change once it exists.
 *
 * @see pkg/apis/core/validation/validation.go ValidatePodUpdate
 */
export function podUpdateErrors(pod: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  const options = optionsOf(pod, old, context)
  const spec = fieldsOf(pod['spec'])
  const stored = fieldsOf(old['spec'])
  const errors = [
    ...podErrors(pod, options),
    ...podAnnotationUpdateErrors(annotationsOf(pod), annotationsOf(old), spec, options, annotationsPath),
  ]
  for (const name of ['containers', 'initContainers']) {
    const path = specPath.child(name)
    if (objectsOf(spec[name]).length !== objectsOf(stored[name]).length) {
      return [...errors, forbidden(path, 'pod updates may not add or remove containers')]
    }
    errors.push(...imageErrors(spec[name], path))
  }
  const deadline = deadlineErrors(spec['activeDeadlineSeconds'], stored['activeDeadlineSeconds'])
  errors.push(...deadline)
  if (deadline.length > 0 && !isAbsent(spec['activeDeadlineSeconds'])) return errors
  errors.push(...addedTolerationErrors(spec['tolerations'], stored['tolerations'], options))
  errors.push(...deletedGateErrors(spec['schedulingGates'], stored['schedulingGates']))
  if (semanticEqual(spec, stored)) return errors
  let rest = withStoredParts(spec, stored)
  if (!isEmpty(stored['schedulingGates'])) {
    errors.push(...gatedPodErrors(rest, stored))
    rest = withStoredNodes(rest, stored)
  }
  if (semanticEqual(internalSpec(rest), internalSpec(stored))) return errors
  const difference = unifiedDiff(indentedInternal('PodSpec', stored), indentedInternal('PodSpec', rest))
  const detail = `pod updates may not change fields other than ${changeable.join(',')}\n${difference}`
  return [...errors, forbidden(specPath, detail)]
}

/** The internal type knows the service account by one name only, and always has a security context. */
function internalSpec(spec: Fields): Fields {
  const context = fieldsOf(spec['securityContext'])
  return withField(withField(spec, 'serviceAccount', undefined), 'securityContext', context)
}

function imageErrors(containers: unknown, path: FieldPath): readonly FieldError[] {
  return objectsOf(containers).flatMap((container, index) => {
    const at = path.index(index).child('image')
    const image = textOf(container['image'])
    if (image === '') return [required(at)]
    return image === image.trim() ? [] : [invalid(at, image, 'must not have leading or trailing whitespace')]
  })
}

function deadlineErrors(seconds: unknown, stored: unknown): readonly FieldError[] {
  const path = specPath.child('activeDeadlineSeconds')
  if (isAbsent(seconds)) {
    return isAbsent(stored) ? [] : [invalid(path, null, 'must not update from a positive integer to nil value')]
  }
  const value = numberOf(seconds)
  if (value < 0 || value > int32Max) return [invalid(path, value, inclusiveRangeMessage(0, int32Max))]
  if (isAbsent(stored) || numberOf(stored) >= value) return []
  return [invalid(path, value, 'must be less than or equal to previous value')]
}

function addedTolerationErrors(tolerations: unknown, stored: unknown, options: PodOptions): readonly FieldError[] {
  const path = specPath.child('tolerations')
  const known = objectsOf(tolerations).map(withoutSeconds)
  const kept = objectsOf(stored).every((old) =>
    known.some((toleration) => semanticEqual(toleration, withoutSeconds(old))),
  )
  if (!kept) return [forbidden(path, 'existing toleration can not be modified except its tolerationSeconds')]
  return tolerationErrors(tolerations, options, path)
}

const withoutSeconds = (toleration: Fields): Fields => withField(toleration, 'tolerationSeconds', undefined)

function deletedGateErrors(gates: unknown, stored: unknown): readonly FieldError[] {
  const known = new Set<unknown>(objectsOf(stored).map(({ name }) => name))
  return objectsOf(gates).flatMap(({ name }, index) => {
    if (known.has(name)) return []
    const detail = `only deletion is allowed, but found new scheduling gate '${textOf(name)}'`
    return [forbidden(specPath.child('schedulingGates').index(index).child('name'), detail)]
  })
}

/** The new spec with everything that may change as the stored one has it. */
function withStoredParts(spec: Fields, stored: Fields): Fields {
  let result = spec
  for (const name of ['containers', 'initContainers']) {
    if (!Array.isArray(spec[name])) continue
    const old = objectsOf(stored[name])
    const containers = objectsOf(spec[name]).map((container, index) =>
      withField(container, 'image', old[index]?.['image']),
    )
    result = withField(result, name, containers)
  }
  for (const name of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations']) {
    result = withField(result, name, stored[name])
  }
  const grace = 'terminationGracePeriodSeconds'
  return numberOf(stored[grace]) < 0 && result[grace] === 1 ? withField(result, grace, stored[grace]) : result
}
