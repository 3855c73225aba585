import { duplicate, type FieldError, type FieldPath, forbidden, notFound } from '@kube-bonsai/apimachinery'
import { type Fields, isAbsent, isEmpty, objectsOf, textOf } from '../../meta/json.ts'
import { commonErrors, imageBlankErrorsOf, type PodSurroundings } from './containers.ts'

/** What a container may not have that is added to a running pod, in the order of the Go struct. */
const refused = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
]
/** Pointers count as set whatever they point to. */
const pointers: ReadonlySet<string> = new Set([
  'restartPolicy',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
])
const detail = 'cannot be set for an Ephemeral Container'

/** Checks the containers that are added to a running pod, to look into it. */
export function ephemeralContainersErrors(spec: Fields, pod: PodSurroundings, path: FieldPath): readonly FieldError[] {
  const others = [...objectsOf(spec['containers']), ...objectsOf(spec['initContainers'])]
  const names = new Set(others.map((container) => textOf(container['name'])))
  const targets = new Set(names)
  return objectsOf(spec['ephemeralContainers']).flatMap((container, index) => {
    const at = path.index(index)
    const name = textOf(container['name'])
    const target = textOf(container['targetContainerName'])
    const errors = [...commonErrors(container, pod, at), ...imageBlankErrorsOf(container, at)]
    if (names.has(name)) errors.push(duplicate(at.child('name'), name))
    else names.add(name)
    if (target !== '' && !targets.has(target)) errors.push(notFound(at.child('targetContainerName'), target))
    const set = refused.filter((field) =>
      pointers.has(field) ? !isAbsent(container[field]) : !isEmpty(container[field]),
    )
    return [...errors, ...set.map((field) => forbidden(at.child(field), detail)), ...subPathErrors(container, at)]
  })
}

function subPathErrors(container: Fields, path: FieldPath): readonly FieldError[] {
  return objectsOf(container['volumeMounts']).flatMap((mount, index) =>
    ['subPath', 'subPathExpr']
      .filter((field) => !isEmpty(mount[field]))
      .map((field) => forbidden(path.child('volumeMounts').index(index).child(field), detail)),
  )
}
