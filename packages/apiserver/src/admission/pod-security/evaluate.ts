import type { Check, CheckPod, Subject, Violation } from './check.ts'
import { hostChecks } from './checks/host.ts'
import { kernelChecks } from './checks/kernel.ts'
import { privilegeChecks } from './checks/privileges.ts'
import { profileChecks } from './checks/profiles.ts'
import { userChecks } from './checks/users.ts'
import type { LevelVersion } from './policy.ts'

/** The last minor version in which a check changed; later ones are the same. */
const newest = 35

const checks: readonly Check[] = [...hostChecks, ...privilegeChecks, ...profileChecks, ...kernelChecks, ...userChecks]
const known = new Map<string, readonly CheckPod[]>()

/**
 * What a level and version has against a pod; baseline before restricted, then by name of the check.
 * @see k8s.io/pod-security-admission/policy/registry.go
 */
export function violations({ level, version }: LevelVersion, subject: Subject): readonly Violation[] {
  if (level === 'privileged') return []
  const minor = version === 'latest' ? newest : Math.min(version, newest)
  const key = `${level} ${minor}`
  const own = known.get(key) ?? select(level, minor)
  known.set(key, own)
  return own.flatMap((check) => check(subject) ?? [])
}

/** As refusals and warnings have it. */
export function printDetails(found: readonly Violation[]): string {
  return found.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
}

function select(level: 'baseline' | 'restricted', minor: number): readonly CheckPod[] {
  const running = checks.flatMap((check) => {
    const run = check.versions.findLast(([since]) => since <= minor)?.[1]
    return run && (level === 'restricted' || check.level === 'baseline') ? [{ check, run }] : []
  })
  const overridden = new Set(running.map(({ check }) => check.overrides))
  return running
    .filter(({ check }) => !overridden.has(check.id))
    .sort((left, right) => (order(left.check) < order(right.check) ? -1 : 1))
    .map(({ run }) => run)
}

function order({ id, level }: Check): string {
  return `${level === 'baseline' ? 0 : 1}${id}`
}
