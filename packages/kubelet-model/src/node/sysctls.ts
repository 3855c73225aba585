import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { Admission, AdmitHandler } from './admission.ts'

type Namespace = 'ipc' | 'net'

/** Those that change nothing beyond their pod, and the kernel that has them so; any kernel when there is none. */
const safe: Readonly<Record<string, string>> = {
  'kernel.shm_rmid_forced': '',
  'net.ipv4.ip_local_port_range': '',
  'net.ipv4.tcp_syncookies': '',
  'net.ipv4.ping_group_range': '',
  'net.ipv4.ip_unprivileged_port_start': '',
  'net.ipv4.ip_local_reserved_ports': '3.16',
  'net.ipv4.tcp_keepalive_time': '4.5',
  'net.ipv4.tcp_fin_timeout': '4.6',
  'net.ipv4.tcp_keepalive_intvl': '4.5',
  'net.ipv4.tcp_keepalive_probes': '4.5',
  'net.ipv4.tcp_rmem': '4.15',
  'net.ipv4.tcp_wmem': '4.15',
}

const ofIpc: ReadonlySet<string> = new Set(
  'sem shmall shmmax shmmni shm_rmid_forced shm msgmax msgmnb msgmni msg'.split(' ').map((name) => `kernel.${name}`),
)
const longest = 253
const segment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const patternText = `(${segment}[\\./])*([a-z0-9][-_a-z0-9]*)?[a-z0-9*]`

/** What a kubelet lets pods set. */
export interface SysctlOptions {
  /** `allowedUnsafeSysctls`: names, and prefixes that end with a star. */
  readonly allowed: readonly string[]
  /** Such as `6.12.0-bonsai`. */
  readonly kernelVersion: string
}

/**
 * Refuses pods that set what a node has not been told to allow.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/sysctl/allowlist.go
 */
export class SysctlHandler implements AdmitHandler {
  readonly #names: Map<string, Namespace> = new Map()
  readonly #prefixes: Map<string, Namespace> = new Map()

  /** Throws an Error for what is no sysctl, or none that a container can have of its own. */
  constructor({ allowed, kernelVersion }: SysctlOptions) {
    const known = Object.entries(safe).flatMap(([name, kernel]) => (isSince(kernelVersion, kernel) ? [name] : []))
    for (const pattern of [...known, ...allowed]) this.#allow(pattern)
  }

  admit({ spec }: Pod): Admission {
    for (const { name } of spec?.securityContext?.sysctls ?? []) {
      const problem = this.#problem(normalized(name), spec?.hostNetwork === true, spec?.hostIPC === true)
      if (problem !== undefined)
        return { admit: false, reason: 'SysctlForbidden', message: `forbidden sysctl: ${problem}` }
    }
    return { admit: true }
  }

  #allow(pattern: string): void {
    if (pattern.length > longest || !new RegExp(`^${patternText}$`).test(pattern)) {
      throw new Error(
        `sysctl ${JSON.stringify(pattern)} must have at most ${longest} characters and match regex ${patternText}`,
      )
    }
    const name = normalized(pattern)
    const star = name.indexOf('*')
    const prefix = star < 0 ? name : name.slice(0, star)
    const namespace = namespaceOf(prefix)
    if (namespace === undefined) throw new Error(`the sysctls ${JSON.stringify(prefix)} are not known to be namespaced`)
    const list = star < 0 ? this.#names : this.#prefixes
    list.set(prefix, namespace)
  }

  #problem(name: string, hostNetwork: boolean, hostIpc: boolean): string | undefined {
    const byPrefix = () => [...this.#prefixes].find(([prefix]) => name.startsWith(prefix))?.[1]
    const namespace = this.#names.get(name) ?? byPrefix()
    if (namespace === undefined) return `${JSON.stringify(name)} not allowlisted`
    const isShared = namespace === 'ipc' ? hostIpc : hostNetwork
    return isShared ? `${JSON.stringify(name)} not allowed with host ${namespace} enabled` : undefined
  }
}

function namespaceOf(name: string): Namespace | undefined {
  if (ofIpc.has(name) || name.startsWith('fs.mqueue.')) return 'ipc'
  return name.startsWith('net.') ? 'net' : undefined
}

/** With dots between its parts, even where it was written with slashes. */
function normalized(name: string): string {
  const separator = /[./]/.exec(name)?.[0]
  return separator === '/' ? name.replace(/[./]/g, (one) => (one === '.' ? '/' : '.')) : name
}

function isSince(version: string, wanted: string): boolean {
  if (wanted === '') return true
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  const [first = 0, second = 0] = wanted.split('.').map(Number)
  return major > first || (major === first && minor >= second)
}
