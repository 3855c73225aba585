import { FeatureGateError } from './errors.ts'

/** The version that these packages model. */
export const binaryVersion = '1.35'
/** The oldest version that v1.35 emulates: three minors back, as KEP-4330 allows. */
export const oldestVersion = '1.32'

interface MajorMinor {
  readonly major: number
  readonly minor: number
}

function parse(version: string): MajorMinor {
  const match = /^v?(\d{1,6})\.(\d{1,6})$/.exec(version)
  if (match === null) {
    const message = `could not parse ${JSON.stringify(version)} as version: a major and a minor number are expected`
    throw new FeatureGateError([{ kind: 'version', message }])
  }
  return { major: Number(match[1]), minor: Number(match[2]) }
}

/** Negative when `a` is older than `b`, 0 when they are the same. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)]
  return left.major - right.major || left.minor - right.minor
}

export const normalizeVersion = (version: string): string => {
  const { major, minor } = parse(version)
  return `${major}.${minor}`
}

const within = (version: string, from: string, to: string): boolean =>
  compareVersions(version, from) >= 0 && compareVersions(version, to) <= 0

/** The versions in force: emulation, and what peers of the control plane may run at least. */
export interface Versions {
  readonly emulation: string
  readonly minCompatibility: string
}

/** Checks both versions; the minimum compatibility is one minor before the emulated one unless given. */
export function effectiveVersions(emulation: string, minCompatibility: string | undefined): Versions {
  const emulated = normalizeVersion(emulation)
  const { major, minor } = parse(emulated)
  const before = `${major}.${Math.max(minor - 1, 0)}`
  const clamped = compareVersions(before, oldestVersion) < 0 ? oldestVersion : before
  const compatible = minCompatibility === undefined ? clamped : normalizeVersion(minCompatibility)
  const messages: string[] = []
  if (!within(emulated, oldestVersion, binaryVersion)) {
    messages.push(`emulation version ${emulated} is not between [${oldestVersion}, ${binaryVersion}.0]`)
  }
  if (!within(compatible, oldestVersion, emulated)) {
    messages.push(`minCompatibilityVersion version ${compatible} is not between [${oldestVersion}, ${emulated}]`)
  }
  if (messages.length > 0) throw new FeatureGateError(messages.map((message) => ({ kind: 'version', message })))
  return { emulation: emulated, minCompatibility: compatible }
}
