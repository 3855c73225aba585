import { isDNS1035Label, isDNS1123Label, isDNS1123Subdomain } from './dns.ts'

/**
 * Checks the name of an object of some kind. With `prefix` the name is a generateName, to which something is added.
 *
 * @returns upstream's messages, none when the name is valid
 */
export type ValidateName = (name: string, prefix: boolean) => readonly string[]

/** Names that are DNS subdomains: most kinds. */
export const nameIsDNSSubdomain: ValidateName = (name, prefix) => isDNS1123Subdomain(prefix ? maskDash(name) : name)

/** Names that are DNS labels: namespaces, for instance. */
export const nameIsDNSLabel: ValidateName = (name, prefix) => isDNS1123Label(prefix ? maskDash(name) : name)

/** Names that are DNS labels which begin with a letter: services. */
export const nameIsDNS1035Label: ValidateName = (name, prefix) => isDNS1035Label(prefix ? maskDash(name) : name)

/** Names that need only stand in a path of a URL: RBAC kinds. */
export const nameIsPathSegment: ValidateName = (name, prefix) =>
  prefix ? isValidPathSegmentPrefix(name) : isValidPathSegmentName(name)

/** Checks that a name can stand in a path of a URL. */
export function isValidPathSegmentName(name: string): readonly string[] {
  return name === '.' || name === '..' ? [`may not be '${name}'`] : isValidPathSegmentPrefix(name)
}

/** Checks that a name can begin a segment of a path. */
export function isValidPathSegmentPrefix(name: string): readonly string[] {
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}

/** A dash at the end of a generateName is fine; upstream puts an `a` in place of the last two characters. */
function maskDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name
}
