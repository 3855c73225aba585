import {
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  notSupported,
  quote,
  required,
  tooLong,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, textOf } from '../../meta/json.ts'
import { containersOf, everyContainer } from './visit-containers.ts'

/** The annotation of a container from before there was a field; the container's name follows. */
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'

const types = ['Localhost', 'RuntimeDefault', 'Unconfined']
const localPrefix = 'localhost/'
const longestProfile = 4095
const mustBeSet = 'must be set when AppArmor type is Localhost'
const typesDiffer = 'apparmor type in annotation and field must match'

/** Checks the AppArmor profile of a pod or a container. */
export function appArmorErrors(profile: unknown, path: FieldPath): readonly FieldError[] {
  if (!isFields(profile)) return []
  const local = profile['localhostProfile']
  const at = path.child('localhostProfile')
  switch (textOf(profile['type'])) {
    case 'Localhost':
      return isAbsent(local) ? [required(at, mustBeSet)] : localProfileErrors(textOf(local), at)
    case 'RuntimeDefault':
    case 'Unconfined':
      return isAbsent(local) ? [] : [invalid(at, named(local), 'can only be set when AppArmor type is Localhost')]
    case '':
      return [required(path.child('type'), 'type is required when appArmorProfile is set')]
    default:
      return [notSupported(path.child('type'), named(profile['type']), types)]
  }
}

function localProfileErrors(text: string, path: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  if (text.trim() !== text) errors.push(invalid(path, text, 'must not be padded with whitespace'))
  else if (text === '') errors.push(required(path, mustBeSet))
  if (utf8Length(text) > longestProfile) errors.push(tooLong(path, longestProfile))
  return errors
}

/** Checks the annotations from before there was a field. */
export function appArmorAnnotationErrors(annotations: Fields, spec: Fields, path: FieldPath): readonly FieldError[] {
  const names = new Set(everyContainer(spec).map((container) => textOf(container['name'])))
  return Object.keys(annotations)
    .filter((key) => key.startsWith(appArmorPrefix))
    .sort()
    .flatMap((key) => {
      const container = key.slice(appArmorPrefix.length)
      const value = textOf(annotations[key])
      const known = ['', 'runtime/default', 'unconfined'].includes(value) || value.startsWith(localPrefix)
      return [
        ...(names.has(container) ? [] : [invalid(path.key(key), container, 'container not found')]),
        ...(known ? [] : [invalid(path.key(key), value, `invalid AppArmor profile name: ${quote(value)}`)]),
      ]
    })
}

/** Where a new pod has both the annotation and the field, they must say the same. */
export function appArmorMismatches(spec: Fields, annotations: Fields, path: FieldPath): readonly FieldError[] {
  if (fieldsOf(spec['os'])['name'] === 'windows') return []
  const pod = fieldsOf(spec['securityContext'])['appArmorProfile']
  return containersOf(spec, path).flatMap(({ container, path: at }) => {
    const own = fieldsOf(container['securityContext'])['appArmorProfile']
    const profile = isFields(own) ? own : pod
    const annotation = annotations[`${appArmorPrefix}${textOf(container['name'])}`]
    if (!isFields(profile) || typeof annotation !== 'string') return []
    return mismatch(profile, annotation, at.child('securityContext', 'appArmorProfile'))
  })
}

function mismatch(profile: Fields, annotation: string, path: FieldPath): readonly FieldError[] {
  const differs = [forbidden(path.child('type'), typesDiffer)]
  switch (profile['type']) {
    case 'Unconfined':
      return annotation === 'unconfined' ? [] : differs
    case 'RuntimeDefault':
      return annotation === 'runtime/default' ? [] : differs
    case 'Localhost':
      if (!annotation.startsWith(localPrefix)) return differs
      return annotation.slice(localPrefix.length) === profile['localhostProfile']
        ? []
        : [forbidden(path.child('localhostProfile'), 'apparmor profile in annotation and field must match')]
    default:
      return []
  }
}
