import {
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  isValidGroupID,
  isValidUserID,
  notSupported,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { ifSetOneOf, invalidEach, named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf, numberOf, textOf } from '../../meta/json.ts'
import { appArmorErrors } from './app-armor.ts'
import type { PodOptions } from './options.ts'
import { seccompErrors } from './seccomp.ts'
import { sysctlErrors } from './sysctls.ts'
import { windowsOptionsErrors } from './windows.ts'

const procMounts = ['Default', 'Unmasked']

const idErrors = (id: unknown, check: (id: number) => readonly string[], path: FieldPath): readonly FieldError[] =>
  isAbsent(id) ? [] : invalidEach(path, id, check(numberOf(id)))

/** Checks what holds for all containers of a pod. */
export function podSecurityErrors(spec: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const context = spec['securityContext']
  if (!isFields(context) && spec['hostPID'] !== true) return []
  const fields = fieldsOf(context)
  const shared = spec['shareProcessNamespace']
  return [
    ...idErrors(fields['fsGroup'], isValidGroupID, path.child('fsGroup')),
    ...idErrors(fields['runAsUser'], isValidUserID, path.child('runAsUser')),
    ...idErrors(fields['runAsGroup'], isValidGroupID, path.child('runAsGroup')),
    ...listOf(fields['supplementalGroups']).flatMap((id, index) =>
      idErrors(id, isValidGroupID, path.child('supplementalGroups').index(index)),
    ),
    ...(shared === true && spec['hostPID'] === true
      ? [invalid(path.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled')]
      : []),
    ...sysctlErrors(spec, options.anySysctl, path.child('sysctls')),
    ...ifSetOneOf(fields['fsGroupChangePolicy'], path.child('fsGroupChangePolicy'), ['Always', 'OnRootMismatch']),
    ...seccompErrors(fields['seccompProfile'], path.child('seccompProfile')),
    ...windowsOptionsErrors(fields['windowsOptions'], path.child('windowsOptions')),
    ...appArmorErrors(fields['appArmorProfile'], path.child('appArmorProfile')),
    ...ifSetOneOf(fields['supplementalGroupsPolicy'], path.child('supplementalGroupsPolicy'), ['Merge', 'Strict']),
    ...ifSetOneOf(
      fields['seLinuxChangePolicy'],
      path.child('seLinuxChangePolicy'),
      options.onlyRecursiveSELinux ? ['Recursive'] : ['MountOption', 'Recursive'],
    ),
  ]
}

/** What the security context of a container is judged by. `hostUsers`: it shares the users of its host. */
interface ContainerSurroundings {
  readonly hostUsers: boolean
  readonly options: PodOptions
}

/** Checks what one container may do. */
export function securityContextErrors(
  context: unknown,
  { hostUsers, options }: ContainerSurroundings,
  path: FieldPath,
): readonly FieldError[] {
  if (!isFields(context)) return []
  return [
    ...(context['privileged'] === true && !options.allowPrivileged
      ? [forbidden(path.child('privileged'), 'disallowed by cluster policy')]
      : []),
    ...idErrors(context['runAsUser'], isValidUserID, path.child('runAsUser')),
    ...idErrors(context['runAsGroup'], isValidGroupID, path.child('runAsGroup')),
    ...procMountErrors(context['procMount'], hostUsers, path.child('procMount')),
    ...seccompErrors(context['seccompProfile'], path.child('seccompProfile')),
    ...escalationErrors(context, path),
    ...windowsOptionsErrors(context['windowsOptions'], path.child('windowsOptions')),
    ...appArmorErrors(context['appArmorProfile'], path.child('appArmorProfile')),
  ]
}

function procMountErrors(mount: unknown, hostUsers: boolean, path: FieldPath): readonly FieldError[] {
  if (isAbsent(mount)) return []
  if (!procMounts.includes(textOf(mount))) return [notSupported(path, named(mount), procMounts)]
  if (!hostUsers || mount !== 'Unmasked') return []
  return [invalid(path, named(mount), '`hostUsers` must be false to use `Unmasked`')]
}

/** A container that may gain privileges cannot be told not to. */
function escalationErrors(context: Fields, path: FieldPath): readonly FieldError[] {
  if (context['allowPrivilegeEscalation'] !== false) return []
  const value = internalValue('SecurityContext', context)
  const start = 'cannot set `allowPrivilegeEscalation` to false and'
  const added = listOf(fieldsOf(context['capabilities'])['add'])
  return [
    ...(isEmpty(context['privileged']) ? [] : [invalid(path, value, `${start} \`privileged\` to true`)]),
    ...added
      .filter((name) => name === 'CAP_SYS_ADMIN')
      .map(() => invalid(path, value, `${start} \`capabilities.Add\` CAP_SYS_ADMIN`)),
  ]
}
