import { type FieldError, type FieldPath, forbidden, invalid, tooLong, utf8Length } from '@kube-bonsai/apimachinery'
import { subdomainErrors } from '../../meta/checks.ts'
import { type Fields, isAbsent, isEmpty, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import type { PodOptions } from './options.ts'
import { containersOf } from './visit-containers.ts'

const longestHostname = 64

/** In the network of its host a container's ports are the host's own. */
export function hostNetworkErrors(spec: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  if (spec['hostNetwork'] !== true) return []
  return objectsOf(spec['containers']).flatMap((container, index) =>
    objectsOf(container['ports']).flatMap((port, place) => {
      const hostPort = numberOf(port['hostPort'])
      if ((!options.isPod && hostPort === 0) || hostPort === numberOf(port['containerPort'])) return []
      const at = path.child('containers').index(index).child('ports').index(place).child('hostPort')
      return [invalid(at, hostPort, 'must match `containerPort` when `hostNetwork` is true')]
    }),
  )
}

/** What a pod with users of its own may not share with its host. */
export function hostUsersErrors(spec: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  if (spec['hostUsers'] !== false) return []
  const detail = 'when `hostUsers` is false'
  const errors: FieldError[] = []
  if (!options.hostNetworkWithUserNamespaces && spec['hostNetwork'] === true) {
    errors.push(forbidden(path.child('hostNetwork'), detail))
  }
  if (spec['hostPID'] === true) errors.push(forbidden(path.child('HostPID'), detail))
  if (spec['hostIPC'] === true) errors.push(forbidden(path.child('HostIPC'), detail))
  if (options.devicesWithUserNamespaces) return errors
  for (const { container, path: at } of containersOf(spec, path)) {
    if (!isEmpty(container['volumeDevices'])) errors.push(forbidden(at.child('volumeDevices'), detail))
  }
  return errors
}

/** Checks the host name that a pod gives itself. */
export function hostnameOverrideErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const { hostnameOverride } = spec
  if (isAbsent(hostnameOverride)) return []
  const errors: FieldError[] = []
  if (spec['setHostnameAsFQDN'] === true) {
    errors.push(forbidden(path, 'may not be specified when setHostnameAsFQDN is true'))
  }
  if (spec['hostNetwork'] === true) {
    errors.push(forbidden(path, 'may not be specified when hostNetwork is true'))
  }
  if (utf8Length(textOf(hostnameOverride)) > longestHostname) errors.push(tooLong(path, longestHostname))
  return [...errors, ...subdomainErrors(hostnameOverride, path)]
}
