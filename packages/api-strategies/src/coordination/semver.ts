import { compareUtf8 } from '@kube-bonsai/apimachinery'

/** A semantic version; what comes after a plus does not count. */
export interface SemanticVersion {
  readonly numbers: readonly [bigint, bigint, bigint]
  readonly pre: readonly string[]
}

/** What a text stands for that is no version. */
export const zeroVersion: SemanticVersion = { numbers: [0n, 0n, 0n], pre: [] }

const number = '(0|[1-9][0-9]*)'
const identifiers = '([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)'
const format = new RegExp(`^${number}\\.${number}\\.${number}(?:-${identifiers})?(?:\\+${identifiers})?$`)
const digits = /^[0-9]+$/
const maxUint64 = 2n ** 64n

/** Reads a semantic version as github.com/blang/semver does; undefined for anything else. */
export function parseSemver(text: string): SemanticVersion | undefined {
  const match = format.exec(text)
  if (match === null) return undefined
  const [, major = '', minor = '', patch = '', pre] = match
  const numbers = [BigInt(major), BigInt(minor), BigInt(patch)] as const
  if (numbers.some((part) => part >= maxUint64)) return undefined
  const parts = pre === undefined ? [] : pre.split('.')
  if (parts.some((part) => digits.test(part) && part.length > 1 && part.startsWith('0'))) return undefined
  return { numbers, pre: parts }
}

/** Below zero when `a` comes before `b`. */
export function compareVersions(a: SemanticVersion, b: SemanticVersion): number {
  for (const [index, part] of a.numbers.entries()) {
    const other = b.numbers[index] ?? 0n
    if (part !== other) return part < other ? -1 : 1
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length)
  for (let index = 0; index < Math.min(a.pre.length, b.pre.length); index++) {
    const order = compareParts(a.pre[index] ?? '', b.pre[index] ?? '')
    if (order !== 0) return order
  }
  return Math.sign(a.pre.length - b.pre.length)
}

function compareParts(a: string, b: string): number {
  const numeric = digits.test(a)
  if (numeric !== digits.test(b)) return numeric ? -1 : 1
  if (!numeric) return compareUtf8(a, b)
  return BigInt(a) === BigInt(b) ? 0 : BigInt(a) < BigInt(b) ? -1 : 1
}

/** Whether a version is 0.0.0. */
export const isZeroVersion = (version: SemanticVersion): boolean => compareVersions(version, zeroVersion) === 0
