import { type FieldError, FieldPath, invalid } from '@kube-bonsai/apimachinery'

/** How much a pod may do, from everything to as little as possible. */
export type Level = 'privileged' | 'baseline' | 'restricted'

/** A level as one release defined it; `latest` or the minor version of v1. */
export interface LevelVersion {
  readonly level: Level
  readonly version: 'latest' | number
}

/** What the labels of a namespace ask for. */
export interface Policy {
  readonly enforce: LevelVersion
  readonly audit: LevelVersion
  readonly warn: LevelVersion
}

type Labels = Readonly<Record<string, string>>

const levels: readonly Level[] = ['privileged', 'baseline', 'restricted']
const anything: LevelVersion = { level: 'privileged', version: 'latest' }
const labelsPath = FieldPath.of('metadata', 'labels')

/** As messages have it: `restricted:v1.30`. */
export function printLevel({ level, version }: LevelVersion): string {
  return `${level}:${version === 'latest' ? version : `v1.${version}`}`
}

/** Above zero when `left` allows less. */
export function compareLevels(left: Level, right: Level): number {
  return levels.indexOf(left) - levels.indexOf(right)
}

/**
 * The policy that labels ask for, with what is wrong with them; what cannot be read enforces the most and warns of nothing.
 * @see k8s.io/pod-security-admission/api/helpers.go PolicyToEvaluate
 */
export function policyOf(labels: Labels = {}): { readonly policy: Policy; readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = []
  const read = (
    mode: 'enforce' | 'audit' | 'warn',
  ): LevelVersion & { readonly given: boolean; readonly sound: boolean } => {
    const key = `pod-security.kubernetes.io/${mode}`
    const level = own(labels, key)
    const version = own(labels, `${key}-version`)
    const known = levels.find((entry) => entry === level)
    if (level !== undefined && known === undefined)
      errors.push(invalid(labelsPath.key(key), level, `must be one of ${levels.join(', ')}`))
    const minor = version === undefined || version === 'latest' ? 'latest' : minorOf(version)
    if (minor === undefined)
      errors.push(invalid(labelsPath.key(`${key}-version`), version, 'must be "latest" or "v1.x"'))
    const fallback = level !== undefined && mode === 'enforce' ? 'restricted' : 'privileged'
    return {
      level: known ?? fallback,
      version: minor ?? 'latest',
      given: level !== undefined,
      sound: known !== undefined,
    }
  }
  const [enforce, audit, warn] = [read('enforce'), read('audit'), read('warn')]
  const follows = !warn.given && enforce.sound && enforce.level !== 'privileged'
  const hasVersion = own(labels, 'pod-security.kubernetes.io/warn-version') !== undefined
  const effective = follows ? { level: enforce.level, version: hasVersion ? warn.version : enforce.version } : warn
  return { policy: { enforce: plain(enforce), audit: plain(audit), warn: plain(effective) }, errors }
}

/** Whether nothing is asked for at all. */
export function isFullyPrivileged({ enforce, audit, warn }: Policy): boolean {
  return [enforce, audit, warn].every(({ level }) => level === anything.level)
}

function plain({ level, version }: LevelVersion): LevelVersion {
  return { level, version }
}

function minorOf(version: string): number | undefined {
  const match = /^v1\.([0-9]|[1-9][0-9]*)$/.exec(version)
  const minor = Number(match?.[1])
  return match && Number.isSafeInteger(minor) ? minor : undefined
}

function own(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined
}
