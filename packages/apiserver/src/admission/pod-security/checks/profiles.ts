import type { SELinuxOptions } from '@kube-bonsai/api-types/core/v1'
import { quote } from '@kube-bonsai/apimachinery'
import { type Check, type CheckPod, named, plural, quoted, setters, sorted, unlessWindows } from '../check.ts'

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'
const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/'

const appArmorProfile: CheckPod = ({ annotations, spec, containers }) => {
  const isBad = (type: string | undefined) => type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'
  const own = spec.securityContext?.appArmorProfile?.type
  const bad = containers.filter(({ securityContext }) => isBad(securityContext?.appArmorProfile?.type))
  const values = bad.map(({ securityContext }) => securityContext?.appArmorProfile?.type ?? '')
  const notes = Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(appArmorPrefix) && !isAllowedNote(value))
    .map(([key, value]) => `${key}=${quote(value)}`)
    .sort()
  const note = notes.length > 0 ? [plural('annotation', notes.length)] : []
  const who = [...setters(isBad(own), bad), ...note]
  if (who.length === 0) return undefined
  const all = [...sorted([...(isBad(own) ? [own ?? ''] : []), ...values]), ...notes]
  return {
    reason: plural('forbidden AppArmor profile', all.length),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(all)}`,
  }
}

function isAllowedNote(profile: string): boolean {
  return profile === '' || profile === 'runtime/default' || profile.startsWith('localhost/')
}

function seLinuxOptions(types: readonly string[]): CheckPod {
  return ({ spec, containers }) => {
    const problems = ({ type = '', user, role }: SELinuxOptions) => !types.includes(type) || user || role
    const isBad = (options: SELinuxOptions | undefined) => options !== undefined && Boolean(problems(options))
    const own = spec.securityContext?.seLinuxOptions
    const bad = containers.filter(({ securityContext }) => isBad(securityContext?.seLinuxOptions))
    const who = setters(isBad(own), bad)
    if (who.length === 0) return undefined
    const all = [own, ...bad.map(({ securityContext }) => securityContext?.seLinuxOptions)].flatMap((one) => one ?? [])
    const badTypes = sorted(all.map(({ type = '' }) => type).filter((type) => !types.includes(type)))
    const what = [
      ...(badTypes.length > 0 ? [`${plural('type', badTypes.length)} ${quoted(badTypes)}`] : []),
      ...(all.some(({ user }) => user) ? ['user may not be set'] : []),
      ...(all.some(({ role }) => role) ? ['role may not be set'] : []),
    ]
    const detail = `${who.join(' and ')} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}`
    return { reason: 'seLinuxOptions', detail }
  }
}

const seccompNotes: CheckPod = ({ annotations, containers }) => {
  const keys = [seccompPod, ...containers.map(({ name }) => seccompContainer + name)]
  const bad = keys.flatMap((key) => {
    const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined
    const allowed = ['runtime/default', 'docker/default'].includes(value ?? '') || value?.startsWith('localhost/')
    return value === undefined || allowed ? [] : [`${key}=${quote(value)}`]
  })
  if (bad.length === 0) return undefined
  const all = sorted(bad)
  return { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', all.length)} ${all.join(', ')}` }
}

const isSeccomp = (type: string | undefined) => type === 'Localhost' || type === 'RuntimeDefault'

const seccompBaseline: CheckPod = ({ spec, containers }) => {
  const own = spec.securityContext?.seccompProfile
  const badOwn = own !== undefined && !isSeccomp(own.type)
  const bad = containers.filter(({ securityContext }) => {
    const profile = securityContext?.seccompProfile
    return profile !== undefined && !isSeccomp(profile.type)
  })
  const who = setters(badOwn, bad)
  if (who.length === 0) return undefined
  const types = bad.map(({ securityContext }) => securityContext?.seccompProfile?.type ?? '')
  const values = quoted(sorted([...(badOwn ? [own.type ?? ''] : []), ...types]))
  const detail = `${who.join(' and ')} must not set securityContext.seccompProfile.type to ${values}`
  return { reason: 'seccompProfile', detail }
}

const seccompRestricted: CheckPod = (subject) => {
  const bad = seccompBaseline(subject)
  if (bad !== undefined || subject.spec.securityContext?.seccompProfile !== undefined) return bad
  const silent = subject.containers.filter(({ securityContext }) => securityContext?.seccompProfile === undefined)
  if (silent.length === 0) return undefined
  const what = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
  return { reason: 'seccompProfile', detail: `pod or ${named(silent)} ${what}` }
}

const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t']

/** Checks of the profiles under which processes run. */
export const profileChecks: readonly Check[] = [
  { id: 'appArmorProfile', level: 'baseline', versions: [[0, appArmorProfile]] },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    versions: [
      [0, seLinuxOptions(seLinuxTypes)],
      [31, seLinuxOptions([...seLinuxTypes, 'container_engine_t'])],
    ],
  },
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    versions: [
      [0, seccompNotes],
      [19, seccompBaseline],
    ],
  },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    overrides: 'seccompProfile_baseline',
    versions: [
      [19, seccompRestricted],
      [25, unlessWindows(seccompRestricted)],
    ],
  },
]
