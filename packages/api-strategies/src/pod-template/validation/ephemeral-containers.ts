import { duplicate, type FieldError, type FieldPath, forbidden, notFound } from '@kube-bonsai/apimachinery'
import { type Fields, isAbsent, isEmpty, objectsOf } from '../../meta/json.ts'
import { commonErrors, imageBlankErrorsOf, type PodSurroundings } from './containers.ts'

/** What a container may not have that is added to a running pod. */
const refused = ['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'resources', 'resizePolicy']
const detail = 'cannot be set for an Ephemeral Container'

/** Checks the containers that are added to a running pod, to look into it. */
export function ephemeralContainersErrors(spec: Fields, pod: PodSurroundings, path: FieldPath): readonly FieldError[] {
  const others = [...objectsOf(spec['containers']), ...objectsOf(spec['initContainers'])]
  const names = new Set<unknown>(others.map((container) => container['name']))
  const targets = new Set(names)
  return objectsOf(spec['ephemeralContainers']).flatMap((container, index) => {
    const at = path.index(index)
    const { name, targetContainerName } = container
    const errors = [...commonErrors(container, pod, at), ...imageBlankErrorsOf(container, at)]
    if (names.has(name)) errors.push(duplicate(at.child('name'), name))
    else names.add(name)
    if (!isEmpty(targetContainerName) && !targets.has(targetContainerName)) {
      errors.push(notFound(at.child('targetContainerName'), targetContainerName))
    }
    const set = refused.filter((field) => !isAbsent(container[field]) && !isEmpty(container[field]))
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
