import {
  duplicate,
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  isValidGroupID,
  isValidUserID,
  notSupported,
} from '@kube-bonsai/apimachinery'
import { invalidEach, named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isEmpty, isFields, listOf, numberOf, objectsOf, textOf } from '../../meta/json.ts'

/** Checks as whom containers run. */
export function userErrors(statuses: unknown, spec: Fields, path: FieldPath): readonly FieldError[] {
  const os = isFields(spec['os']) ? spec['os']['name'] : 'linux'
  return objectsOf(statuses).flatMap(({ user }, index) => {
    const linux = fieldsOf(user)['linux']
    const at = path.index(index).child('user', 'linux')
    if (!isFields(linux)) return []
    if (os === 'windows') return [forbidden(at, 'cannot be set for a windows pod')]
    if (os !== 'linux') return []
    const uid = numberOf(linux['uid'])
    const gid = numberOf(linux['gid'])
    return [
      ...invalidEach(at.child('uid'), uid, isValidUserID(uid)),
      ...invalidEach(at.child('gid'), gid, isValidGroupID(gid)),
      ...listOf(linux['supplementalGroups']).flatMap((id, place) =>
        invalidEach(at.child('supplementalGroups').index(place), id, isValidGroupID(numberOf(id))),
      ),
    ]
  })
}

const healths = ['Healthy', 'Unhealthy', 'Unknown']
const ofClaim =
  "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"

/** Checks how the devices of containers are. */
export function allocatedResourceErrors(
  statuses: unknown,
  containers: unknown,
  path: FieldPath,
): readonly FieldError[] {
  return objectsOf(statuses).flatMap((status, index) => {
    const container = objectsOf(containers).find(({ name }) => textOf(name) === textOf(status['name']))
    return objectsOf(status['allocatedResourcesStatus']).flatMap((allocated, place) => {
      const at = path.index(index).child('allocatedResourcesStatus').index(place)
      return [
        ...(container === undefined ? [] : nameErrors(textOf(allocated['name']), container, at.child('name'))),
        ...healthErrors(allocated['resources'], at.child('resources')),
      ]
    })
  })
}

function nameErrors(name: string, container: Fields, path: FieldPath): readonly FieldError[] {
  const resources = fieldsOf(container['resources'])
  if (!name.startsWith('claim:')) {
    if (Object.hasOwn(fieldsOf(resources['requests']), name)) return []
    return [invalid(path, named(name), "must match one of the container's resource requests")]
  }
  const claims = objectsOf(resources['claims']).map((claim) => {
    const request = isEmpty(claim['request']) ? '' : `/${textOf(claim['request'])}`
    return `claim:${textOf(claim['name'])}${request}`
  })
  return claims.includes(name) ? [] : [invalid(path, named(name), ofClaim)]
}

function healthErrors(resources: unknown, path: FieldPath): readonly FieldError[] {
  const seen = new Set<string>()
  return objectsOf(resources).flatMap((resource, index) => {
    const at = path.index(index)
    const id = textOf(resource['resourceID'])
    const health = resource['health']
    const repeated = seen.has(id)
    seen.add(id)
    return [
      ...(healths.includes(textOf(health)) ? [] : [notSupported(at.child('health'), named(health), healths)]),
      ...(repeated ? [duplicate(at.child('resourceID'), named(id))] : []),
    ]
  })
}

/** Ephemeral containers have no devices. */
export function noAllocatedResourceErrors(statuses: unknown, path: FieldPath): readonly FieldError[] {
  return objectsOf(statuses).flatMap((status, index) =>
    isEmpty(status['allocatedResourcesStatus'])
      ? []
      : [forbidden(path.index(index).child('allocatedResourcesStatus'), 'must not be specified in container status')],
  )
}
