import type { CelFunction } from '../functions/dispatch.ts'
import { on } from '../functions/typed.ts'
import { type CelType, structType } from '../types/cel-type.ts'
import { goQuote } from '../values/go-format.ts'
import { CelError, CelObject, type Value } from '../values/value.ts'

/** A version by its parts; numbers of a pre-release are bigints. */
interface Version {
  readonly core: readonly [bigint, bigint, bigint]
  readonly pre: readonly (bigint | string)[]
  readonly build: readonly string[]
}

/** `kubernetes.Semver`. */
export class SemverValue extends CelObject {
  readonly version: Version
  readonly type: CelType = structType('kubernetes.Semver')

  constructor(version: Version) {
    super()
    this.version = version
  }

  equals(other: Value): boolean {
    return other instanceof SemverValue && compareVersions(this.version, other.version) === 0
  }

  toString(): string {
    const { core, pre, build } = this.version
    return (
      core.join('.') + (pre.length > 0 ? `-${pre.join('.')}` : '') + (build.length > 0 ? `+${build.join('.')}` : '')
    )
  }
}

const order = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)

function comparePre(a: bigint | string, b: bigint | string): number {
  if (typeof a === 'bigint') return typeof b === 'bigint' ? order(a, b) : -1
  return typeof b === 'bigint' ? 1 : order(a, b)
}

function compareVersions(a: Version, b: Version): number {
  for (let index = 0; index < 3; index++) {
    const result = order(a.core[index] ?? 0n, b.core[index] ?? 0n)
    if (result !== 0) return result
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length)
  for (let index = 0; index < Math.min(a.pre.length, b.pre.length); index++) {
    const result = comparePre(a.pre[index] ?? '', b.pre[index] ?? '')
    if (result !== 0) return result
  }
  return Math.sign(a.pre.length - b.pre.length)
}

const maxUint64 = (1n << 64n) - 1n

class SemverError extends Error {}

function number(text: string, name: string): bigint {
  const lower = name.toLowerCase()
  if (/[^0-9]/.test(text)) throw new SemverError(`Invalid character(s) found in ${lower} number ${goQuote(text)}`)
  if (text.length > 1 && text.startsWith('0'))
    throw new SemverError(`${name} number must not contain leading zeroes ${goQuote(text)}`)
  return uint64(text)
}

function uint64(text: string): bigint {
  if (text === '') throw new SemverError('strconv.ParseUint: parsing "": invalid syntax')
  const value = BigInt(text)
  if (value > maxUint64) throw new SemverError(`strconv.ParseUint: parsing ${goQuote(text)}: value out of range`)
  return value
}

function preRelease(text: string): bigint | string {
  if (text === '') throw new SemverError('Prerelease is empty')
  if (/^[0-9]+$/.test(text)) {
    if (text.length > 1 && text.startsWith('0'))
      throw new SemverError(`Numeric PreRelease version must not contain leading zeroes ${goQuote(text)}`)
    return uint64(text)
  }
  if (/^[0-9A-Za-z-]+$/.test(text)) return text
  throw new SemverError(`Invalid character(s) found in prerelease ${goQuote(text)}`)
}

function buildData(text: string): string {
  if (text === '') throw new SemverError('Build meta data is empty')
  if (/^[0-9A-Za-z-]+$/.test(text)) return text
  throw new SemverError(`Invalid character(s) found in build meta data ${goQuote(text)}`)
}

function cut(text: string, mark: string): readonly [string, readonly string[]] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, []] : [text.slice(0, at), text.slice(at + 1).split('.')]
}

function splitThree(text: string): string[] {
  const [first = '', second, ...rest] = text.split('.')
  if (second === undefined) return [first]
  return rest.length === 0 ? [first, second] : [first, second, rest.join('.')]
}

function parseVersion(text: string): Version {
  if (text === '') throw new SemverError('Version string empty')
  const parts = splitThree(text)
  const [majorText = '', minorText = '', rest] = parts
  if (rest === undefined) throw new SemverError('No Major.Minor.Patch elements found')
  const major = number(majorText, 'Major')
  const minor = number(minorText, 'Minor')
  const [withPre, build] = cut(rest, '+')
  const [patchText, pre] = cut(withPre, '-')
  const patch = number(patchText, 'Patch')
  return { core: [major, minor, patch], pre: pre.map(preRelease), build: build.map(buildData) }
}

/** `v1.02` as `1.2.0`. */
function normalized(text: string): string {
  const parts = splitThree(text.replace(/^v/, '')).map((part) => {
    if (part.length <= 1) return part
    const stripped = part.replace(/^0+/, '')
    return /^[0-9]/.test(stripped) ? stripped : `0${stripped}`
  })
  if (parts.length < 3) {
    if (/[+-]/.test(parts.at(-1) ?? ''))
      throw new SemverError('short version cannot contain PreRelease/Build meta data')
    while (parts.length < 3) parts.push('0')
  }
  return parts.join('.')
}

function parse(text: string, normalize: boolean): Value {
  try {
    return new SemverValue(parseVersion(normalize ? normalized(text) : text))
  } catch (error) {
    if (error instanceof SemverError) return new CelError(error.message)
    throw error
  }
}

/** A version as it stands in a device's attribute. */
export const semverValue = (text: string): Value => parse(text, false)

const two = (run: (result: number) => Value): CelFunction =>
  on([SemverValue, SemverValue], (a, b) => run(compareVersions(a.version, b.version)))
const part = (index: 0 | 1 | 2): CelFunction => on([SemverValue], (a) => BigInt.asIntN(64, a.version.core[index]))

/** @see apiserver/pkg/cel/library/semverlib.go */
export const semverFunctions: readonly (readonly [string, CelFunction])[] = [
  ['string_to_semver', on(['string'], (text) => parse(text, false))],
  ['string_bool_to_semver', on(['string', 'bool'], parse)],
  ['is_semver_string', on(['string'], (text) => !(parse(text, false) instanceof CelError))],
  ['is_semver_string_bool', on(['string', 'bool'], (text, normalize) => !(parse(text, normalize) instanceof CelError))],
  ['semver_is_greater_than', two((result) => result > 0)],
  ['semver_is_less_than', two((result) => result < 0)],
  ['semver_compare_to', two(BigInt)],
  ['semver_major', part(0)],
  ['semver_minor', part(1)],
  ['semver_patch', part(2)],
]
