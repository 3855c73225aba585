import type { Pod } from '@kube-bonsai/api-types/core/v1'

/** The user that all containers of a pod run as, where they say so and agree. @see pkg/volume/util/util.go FsUserFrom */
export function commonUser({ spec }: Pod): number | undefined {
  const whole = spec?.securityContext?.runAsUser
  const containers = [spec?.initContainers, spec?.containers, spec?.ephemeralContainers].flatMap((list) => list ?? [])
  const users = new Set(containers.map(({ securityContext }) => securityContext?.runAsUser ?? whole))
  const [user] = users
  return users.size === 1 ? user : undefined
}
