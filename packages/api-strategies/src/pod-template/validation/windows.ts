import {
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  isDNS1123Subdomain,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { invalidEach, named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, textOf } from '../../meta/json.ts'
import type { PodOptions } from './options.ts'
import { containersOf } from './visit-containers.ts'

const credentialSpecKiB = 64
const domainLength = 256
const userLength = 104
const control = /\p{Cc}/u
const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const dnsDomain = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/
const onlyDotsOrBlanks = /^[. ]+$/
const refusedCharacters = /["/\\:;|=,+*?<>@[\]]/

/** Checks how a pod or a container runs on Windows. */
export function windowsOptionsErrors(options: unknown, path: FieldPath): readonly FieldError[] {
  if (!isFields(options)) return []
  const { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName } = options
  return [
    ...(isAbsent(gmsaCredentialSpecName)
      ? []
      : invalidEach(
          path.child('gmsaCredentialSpecName'),
          named(gmsaCredentialSpecName),
          isDNS1123Subdomain(textOf(gmsaCredentialSpecName)),
        )),
    ...(isAbsent(gmsaCredentialSpec)
      ? []
      : credentialSpecErrors(textOf(gmsaCredentialSpec), path.child('gmsaCredentialSpec'))),
    ...(isAbsent(runAsUserName)
      ? []
      : invalidEach(path.child('runAsUserName'), named(runAsUserName), userNameMessages(textOf(runAsUserName)))),
  ]
}

function credentialSpecErrors(text: string, path: FieldPath): readonly FieldError[] {
  if (text === '') return [invalid(path, named(text), 'gmsaCredentialSpec cannot be an empty string')]
  if (utf8Length(text) <= credentialSpecKiB * 1024) return []
  return [invalid(path, named(text), `gmsaCredentialSpec size must be under ${credentialSpecKiB} KiB`)]
}

function userNameMessages(text: string): readonly string[] {
  if (text === '') return ['runAsUserName cannot be an empty string']
  if (control.test(text)) return ['runAsUserName cannot contain control characters']
  const parts = text.split('\\')
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash']
  const domain = parts.length === 2 ? parts[0] : undefined
  const user = parts.at(-1) ?? ''
  const messages: string[] = []
  if (domain !== undefined) {
    if (utf8Length(domain) >= domainLength) {
      messages.push(`runAsUserName's Domain length must be under ${domainLength} characters`)
    }
    if (!netBios.test(domain) && !dnsDomain.test(domain)) {
      messages.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
    }
  }
  if (user === '') messages.push("runAsUserName's User cannot be empty")
  else if (utf8Length(user) > userLength) {
    messages.push(`runAsUserName's User length must not be longer than ${userLength} characters`)
  }
  if (onlyDotsOrBlanks.test(user)) messages.push("runAsUserName's User cannot contain only periods or spaces")
  if (refusedCharacters.test(user)) {
    messages.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]')
  }
  return messages
}

const hostProcessOf = (owner: Fields): unknown =>
  fieldsOf(fieldsOf(owner['securityContext'])['windowsOptions'])['hostProcess']

/** Either all containers of a pod run as processes of a Windows host, and in its network, or none. */
export function hostProcessErrors(
  spec: Fields,
  { allowPrivileged }: PodOptions,
  path: FieldPath,
): readonly FieldError[] {
  const ofPod = hostProcessOf(spec)
  const containers = containersOf(spec, path)
  const errors: FieldError[] = []
  let count = 0
  for (const { container, path: at } of containers) {
    const own = hostProcessOf(container)
    if (!isAbsent(ofPod) && !isAbsent(own) && ofPod !== own) {
      const detail = `pod hostProcess value must be identical if both are specified, was ${String(ofPod)}`
      errors.push(invalid(at.child('securityContext', 'windowsOptions', 'hostProcess'), own, detail))
    }
    if (own === true || (isAbsent(own) && ofPod === true)) count++
  }
  if (count === 0) return errors
  if (count !== containers.length) {
    const detail = 'If pod contains any hostProcess containers then all containers must be HostProcess containers'
    errors.push(invalid(path, '', detail))
  }
  if (spec['hostNetwork'] !== true) {
    const detail = 'hostNetwork must be true if pod contains any hostProcess containers'
    errors.push(invalid(path.child('hostNetwork'), false, detail))
  }
  if (!allowPrivileged) errors.push(forbidden(path, 'hostProcess containers are disallowed by cluster policy'))
  return errors
}

const notForLinux = 'windows options cannot be set for a linux pod'
const notForWindows = 'cannot be set for a windows pod'

/** What a pod of Linux may not have. */
export function linuxErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const owners = [{ container: spec, path }, ...containersOf(spec, path)]
  return owners.flatMap(({ container, path: at }) =>
    isAbsent(fieldsOf(container['securityContext'])['windowsOptions'])
      ? []
      : [forbidden(at.child('securityContext', 'windowsOptions'), notForLinux)],
  )
}

/** Fields of a pod in upstream's order, those of its security context with a dot before them. */
const podFields = [
  '.appArmorProfile',
  '.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  '.seccompProfile',
  '.fsGroup',
  '.fsGroupChangePolicy',
  '.sysctls',
  'shareProcessNamespace',
  '.runAsUser',
  '.runAsGroup',
  '.supplementalGroups',
  '.supplementalGroupsPolicy',
  '.seLinuxChangePolicy',
]
const containerFields = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
]
const plainBooleans: ReadonlySet<string> = new Set(['hostPID', 'hostIPC'])

/** What a pod of Windows may not have. */
export function windowsErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const context = fieldsOf(spec['securityContext'])
  const ofPod = podFields.flatMap((field) => {
    const inContext = field.startsWith('.')
    const name = inContext ? field.slice(1) : field
    const value = inContext ? context[name] : spec[name]
    const set = plainBooleans.has(name) ? value === true : !isAbsent(value)
    const at = inContext ? path.child('securityContext', name) : path.child(name)
    return set ? [forbidden(at, notForWindows)] : []
  })
  return [
    ...ofPod,
    ...containersOf(spec, path).flatMap(({ container, path: at }) => {
      const own = fieldsOf(container['securityContext'])
      return containerFields
        .filter((name) => !isAbsent(own[name]))
        .map((name) => forbidden(at.child('securityContext', name), notForWindows))
    }),
  ]
}
