import { type FieldError, type FieldPath, forbidden, invalid, notSupported, required } from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, textOf } from '../../meta/json.ts'
import { containersOf } from './visit-containers.ts'
import { descendingPathErrors } from './volumes/paths.ts'

/** The annotation of a pod from before there was a field. */
export const podSeccompKey = 'seccomp.security.alpha.kubernetes.io/pod'
/** The same for a container, whose name follows. */
export const containerSeccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/'

const types = ['Localhost', 'RuntimeDefault', 'Unconfined']
const localPrefix = 'localhost/'
const typesDiffer = 'seccomp type in annotation and field must match'

/** Checks which system calls a pod or a container may make. */
export function seccompErrors(profile: unknown, path: FieldPath): readonly FieldError[] {
  if (!isFields(profile)) return []
  const type = textOf(profile['type'])
  const local = profile['localhostProfile']
  const localPath = path.child('localhostProfile')
  const errors: FieldError[] = []
  if (type === '') errors.push(required(path.child('type'), 'type is required when seccompProfile is set'))
  else if (!types.includes(type)) errors.push(notSupported(path.child('type'), named(type), types))
  if (type !== 'Localhost') {
    if (isAbsent(local)) return errors
    const detail = 'can only be set when seccomp type is Localhost'
    return [...errors, invalid(localPath, internalValue('SeccompProfile', profile), detail)]
  }
  if (isAbsent(local)) return [...errors, required(localPath, 'must be set when seccomp type is Localhost')]
  return [...errors, ...descendingPathErrors(textOf(local), localPath)]
}

/** Checks the annotations from before there was a field. */
export function seccompAnnotationErrors(annotations: Fields, path: FieldPath): readonly FieldError[] {
  const check = (key: string): readonly FieldError[] => annotatedErrors(textOf(annotations[key]), path.child(key))
  return [
    ...(Object.hasOwn(annotations, podSeccompKey) ? check(podSeccompKey) : []),
    ...Object.keys(annotations)
      .filter((key) => key.startsWith(containerSeccompPrefix))
      .sort()
      .flatMap(check),
  ]
}

function annotatedErrors(value: string, path: FieldPath): readonly FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(value)) return []
  if (value.startsWith(localPrefix)) return descendingPathErrors(value.slice(localPrefix.length), path)
  return [invalid(path, value, 'must be a valid seccomp profile')]
}

/** Where a pod has both the annotation and the field, they must say the same. */
export function seccompMismatches(spec: Fields, annotations: Fields, path: FieldPath): readonly FieldError[] {
  const pod = fieldsOf(spec['securityContext'])['seccompProfile']
  const podPath = path.child('securityContext', 'seccompProfile')
  return [
    ...(isFields(pod) ? mismatch(pod, annotations[podSeccompKey], podPath) : []),
    ...containersOf(spec, path).flatMap(({ container, path: at }) => {
      const profile = fieldsOf(container['securityContext'])['seccompProfile']
      if (!isFields(profile)) return []
      const key = `${containerSeccompPrefix}${textOf(container['name'])}`
      return mismatch(profile, annotations[key], at.child('securityContext', 'seccompProfile'))
    }),
  ]
}

function mismatch(profile: Fields, annotation: unknown, path: FieldPath): readonly FieldError[] {
  if (typeof annotation !== 'string') return []
  const differs = [forbidden(path.child('type'), typesDiffer)]
  switch (profile['type']) {
    case 'Unconfined':
      return annotation === 'unconfined' ? [] : differs
    case 'RuntimeDefault':
      return annotation === 'runtime/default' || annotation === 'docker/default' ? [] : differs
    case 'Localhost':
      if (!annotation.startsWith(localPrefix)) return differs
      return annotation.slice(localPrefix.length) === profile['localhostProfile']
        ? []
        : [forbidden(path.child('localhostProfile'), 'seccomp profile in annotation and field must match')]
    default:
      return []
  }
}
