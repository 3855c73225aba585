import type { Container } from '@kube-bonsai/api-types/core/v1'
import { type Check, type CheckPod, named, quoted, sorted, unlessOwnUsers, unlessWindows } from '../check.ts'

const defaultCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

const allowPrivilegeEscalation: CheckPod = ({ containers }) => {
  const bad = containers.filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
  if (bad.length === 0) return undefined
  const detail = `${named(bad)} must set securityContext.allowPrivilegeEscalation=false`
  return { reason: 'allowPrivilegeEscalation != false', detail }
}

const privileged: CheckPod = ({ containers }) => {
  const bad = containers.filter(({ securityContext }) => securityContext?.privileged === true)
  if (bad.length === 0) return undefined
  return { reason: 'privileged', detail: `${named(bad)} must not set securityContext.privileged=true` }
}

const baselineCapabilities: CheckPod = ({ containers }) => {
  const detail = addedBeyond(containers, (name) => defaultCapabilities.has(name))
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail }
}

const restrictedCapabilities: CheckPod = ({ containers }) => {
  const keeping = containers.filter(
    ({ securityContext }) => !(securityContext?.capabilities?.drop ?? []).includes('ALL'),
  )
  const added = addedBeyond(containers, (name) => name === 'NET_BIND_SERVICE')
  const details = [
    ...(keeping.length > 0 ? [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(added === undefined ? [] : [added]),
  ]
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

const procMount: CheckPod = ({ containers }) => {
  const bad = containers.filter(({ securityContext }) => (securityContext?.procMount ?? 'Default') !== 'Default')
  if (bad.length === 0) return undefined
  const types = sorted(bad.map(({ securityContext }) => securityContext?.procMount ?? ''))
  return { reason: 'procMount', detail: `${named(bad)} must not set securityContext.procMount to ${quoted(types)}` }
}

/** Checks of what processes may do beyond what others may. */
export const privilegeChecks: readonly Check[] = [
  {
    id: 'allowPrivilegeEscalation',
    level: 'restricted',
    versions: [
      [8, allowPrivilegeEscalation],
      [25, unlessWindows(allowPrivilegeEscalation)],
    ],
  },
  { id: 'privileged', level: 'baseline', versions: [[0, privileged]] },
  { id: 'capabilities_baseline', level: 'baseline', versions: [[0, baselineCapabilities]] },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    overrides: 'capabilities_baseline',
    versions: [
      [22, restrictedCapabilities],
      [25, unlessWindows(restrictedCapabilities)],
    ],
  },
  {
    id: 'procMount',
    level: 'baseline',
    versions: [
      [0, procMount],
      [35, unlessOwnUsers(procMount)],
    ],
  },
  { id: 'procMount_restricted', level: 'restricted', overrides: 'procMount', versions: [[35, procMount]] },
]

function addedBeyond(containers: readonly Container[], allowed: (name: string) => boolean): string | undefined {
  const added = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((name) => !allowed(name))
  const bad = containers.filter((container) => added(container).length > 0)
  if (bad.length === 0) return undefined
  return `${named(bad)} must not include ${quoted(sorted(bad.flatMap(added)))} in securityContext.capabilities.add`
}
