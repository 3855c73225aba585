import type { Pod } from '@kube-bonsai/api-types/core/v1'

const none: ReadonlySet<string> = new Set()

/** The names of the volumes that containers of a pod mount, or use as devices; others are never set up. */
export function mountedNames({ spec }: Pod): ReadonlySet<string> {
  if (spec?.volumes === undefined || spec.volumes.length === 0) return none
  const names = new Set<string>()
  for (const list of [spec.initContainers, spec.containers, spec.ephemeralContainers]) {
    for (const { volumeMounts = [], volumeDevices = [] } of list ?? []) {
      for (const { name } of volumeMounts) names.add(name)
      for (const { name } of volumeDevices) names.add(name)
    }
  }
  return names
}
