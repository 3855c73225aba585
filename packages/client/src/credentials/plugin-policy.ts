/** Which credential plugins a client may run, as kuberc says it. */
export interface PluginPolicy {
  /** `AllowAll` (also when empty), `DenyAll` or `Allowlist`. */
  readonly policy: string
  /** The plugins that `Allowlist` lets run: names, or paths in their shortest form. */
  readonly allowlist?: readonly { readonly name?: string }[] | null
}

/** A policy for credential plugins that contradicts itself; the message is kubectl's. */
export class PluginPolicyError extends Error {
  override readonly name = 'PluginPolicyError'
  /** Which part is wrong. */
  readonly path: string

  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}

/**
 * Checks that a policy says one thing only: a list of plugins comes with the policy that reads it, and only with that one.
 * Throws PluginPolicyError.
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-auth/3104-introduce-kuberc
 */
export function validatePluginPolicy({ policy, allowlist }: PluginPolicy): void {
  const given = allowlist !== undefined && allowlist !== null
  const fail = (message: string, path = 'allowlist'): never => {
    throw new PluginPolicyError(path, message)
  }
  if (['', 'AllowAll', 'DenyAll'].includes(policy)) {
    if (!given) return
    const why = `plugin policy is ${JSON.stringify(policy)} but allowlist is non-nil`
    fail(`misconfigured credential plugin allowlist: ${why}`)
  }
  if (policy !== 'Allowlist') fail(`unknown plugin policy: ${JSON.stringify(policy)}`, 'policy')
  const set = 'credential plugin policy set to "Allowlist", but allowlist is'
  if (!given) throw new PluginPolicyError('allowlist', `${set} unspecified`)
  if (allowlist.length === 0) fail(`${set} empty; use "DenyAll" policy instead`)
  for (const [index, { name = '' }] of allowlist.entries()) {
    const path = `allowlist[${index}].name`
    if (name === '') fail(`misconfigured credential plugin allowlist: empty allowlist entry #${index + 1}`, path)
    const clean = cleanPath(name)
    if (clean !== name) fail(`non-normalized file path: ${JSON.stringify(name)} vs ${JSON.stringify(clean)}`, path)
  }
}

/** The shortest path that names the same file, without looking at any. */
function cleanPath(path: string): string {
  const rooted = path.startsWith('/')
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    const last = kept.at(-1)
    if (part !== '..') kept.push(part)
    else if (last !== undefined && last !== '..') kept.pop()
    else if (!rooted) kept.push('..')
  }
  return (rooted ? '/' : '') + kept.join('/') || '.'
}
