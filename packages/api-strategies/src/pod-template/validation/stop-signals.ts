import { type FieldError, type FieldPath, forbidden, notSupported } from '@kube-bonsai/apimachinery'
import { named } from '../../meta/checks.ts'
import { isAbsent, textOf } from '../../meta/json.ts'

const plain =
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP ' +
  'TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)
const linux: readonly string[] = [
  ...plain.split(' '),
  ...upTo(15).map((step) => `RTMIN+${step}`),
  ...upTo(14).map((step) => `RTMAX-${step}`),
]
  .map((name) => `SIG${name}`)
  .sort()
const windows: readonly string[] = ['SIGKILL', 'SIGTERM']

/** Checks the signal that stops a container, which depends on the operating system that its pod names. */
export function stopSignalErrors(signal: unknown, os: string | undefined, path: FieldPath): readonly FieldError[] {
  if (isAbsent(signal)) return []
  if (os === undefined) return [forbidden(path, 'may not be set for containers with empty `spec.os.name`')]
  const supported = os === 'windows' ? windows : os === 'linux' ? linux : undefined
  if (supported === undefined || supported.includes(textOf(signal))) return []
  return [notSupported(path, named(signal), supported)]
}
