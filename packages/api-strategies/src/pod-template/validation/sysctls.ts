import { duplicate, type FieldError, type FieldPath, invalid, required } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, objectsOf, textOf } from '../../meta/json.ts'

const longest = 253
const pattern = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'
const name = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/

/** Names of the kernel's IPC namespace beside the prefixes below. */
const ipcNames: ReadonlySet<string> = new Set([
  'kernel.sem',
  'kernel.shm',
  'kernel.msg',
  'kernel.shm_rmid_forced',
  'kernel.shmmax',
  'kernel.shmall',
  'kernel.shmmni',
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
])

/** Checks the kernel parameters that a pod sets. `anyHost` lets those pass that a pod in the host's namespaces may not set. */
export function sysctlErrors(spec: Fields, anyHost: boolean, path: FieldPath): readonly FieldError[] {
  const seen = new Set<string>()
  const hosts = anyHost ? [] : hostErrors(spec, path)
  return sysctlsOf(spec).flatMap((sysctl, index) => {
    const text = textOf(sysctl['name'])
    const at = path.index(index).child('name')
    const repeated = seen.has(text)
    seen.add(text)
    return [...nameErrors(text, repeated, at), ...(hosts[index] ?? [])]
  })
}

const sysctlsOf = (spec: Fields): readonly Fields[] => objectsOf(fieldsOf(spec['securityContext'])['sysctls'])

function nameErrors(text: string, repeated: boolean, path: FieldPath): readonly FieldError[] {
  if (text === '') return [required(path)]
  if (text.length > longest || !name.test(text)) {
    return [invalid(path, text, `must have at most ${longest} characters and match regex ${pattern}`)]
  }
  return repeated ? [duplicate(path, text)] : []
}

/** What is wrong with each parameter of a pod that shares a namespace with its host. */
function hostErrors(spec: Fields, path: FieldPath): readonly (readonly FieldError[])[] {
  return sysctlsOf(spec).map((sysctl, index) => {
    const text = textOf(sysctl['name'])
    const at = path.index(index).child('name')
    switch (namespaceOf(text)) {
      case 'net':
        return spec['hostNetwork'] === true
          ? [invalid(at, text, "may not be specified when 'hostNetwork' is true")]
          : []
      case 'ipc':
        return spec['hostIPC'] === true ? [invalid(at, text, "may not be specified when 'hostIPC' is true")] : []
      default:
        return []
    }
  })
}

/** All of these errors at once. */
export function hostSysctlErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  return hostErrors(spec, path).flat()
}

function namespaceOf(text: string): 'net' | 'ipc' | undefined {
  const [start = ''] = normalized(text).split('*')
  if (ipcNames.has(start) || start.startsWith('fs.mqueue.')) return 'ipc'
  return start.startsWith('net.') ? 'net' : undefined
}

/** Names may be written with slashes; the first separator tells. */
function normalized(text: string): string {
  const first = /[./]/.exec(text)?.[0]
  if (first !== '/') return text
  return text.replace(/[./]/g, (separator) => (separator === '/' ? '.' : '/'))
}
