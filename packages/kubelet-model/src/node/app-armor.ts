import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { Admission, AdmitHandler } from './admission.ts'

const annotation = 'container.apparmor.security.beta.kubernetes.io/'

/**
 * Refuses pods with AppArmor profiles on a host without AppArmor, and profiles of the host that have no name.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/security/apparmor/validate.go
 */
export class AppArmorHandler implements AdmitHandler {
  readonly #isEnabled: boolean

  constructor(isEnabled: boolean) {
    this.#isEnabled = isEnabled
  }

  admit(pod: Pod): Admission {
    if (pod.status?.phase !== undefined && pod.status.phase !== 'Pending') return { admit: true }
    const why = this.#problem(pod)
    return why === undefined
      ? { admit: true }
      : { admit: false, reason: 'AppArmor', message: `Cannot enforce AppArmor: ${why}` }
  }

  #problem(pod: Pod): string | undefined {
    if (!needsAppArmor(pod)) return undefined
    if (!this.#isEnabled) return 'AppArmor is not enabled on the host'
    const nameless = profilesOf(pod).some(
      ({ type, localhostProfile = '' }) => type === 'Localhost' && localhostProfile.trim() === '',
    )
    return nameless ? 'invalid empty AppArmor profile name: ""' : undefined
  }
}

function needsAppArmor(pod: Pod): boolean {
  if (profilesOf(pod).some(({ type }) => type !== 'Unconfined')) return true
  const old = Object.entries(pod.metadata.annotations ?? {}).find(([name]) => name.startsWith(annotation))
  return old !== undefined && old[1] !== 'unconfined'
}

function profilesOf({ spec }: Pod) {
  const containers = [
    ...(spec?.initContainers ?? []),
    ...(spec?.containers ?? []),
    ...(spec?.ephemeralContainers ?? []),
  ]
  const contexts = [spec?.securityContext, ...containers.map(({ securityContext }) => securityContext)]
  return contexts.flatMap((context) => context?.appArmorProfile ?? [])
}
