import type { ResourceInfo } from '../scheme.ts'

/**
 * Finds a resource as a kubectl user names it: `pods`, `pod`, `po`, `deployments.apps`, `deployments.v1.apps`.
 *
 * Case does not matter. Full names win over short names, then the earlier group and the preferred version.
 */
export function findResource(resources: readonly ResourceInfo[], word: string): ResourceInfo | undefined {
  const lower = word.toLowerCase()
  const dot = lower.indexOf('.')
  const name = dot === -1 ? lower : lower.slice(0, dot)
  const place = dot === -1 ? undefined : lower.slice(dot + 1)
  if (name === '') return undefined
  const here = place === undefined ? resources : resources.filter((info) => isAt(info, place))
  return (
    here.find((info) => info.resource === name) ??
    here.find((info) => info.singular === name) ??
    here.find((info) => info.shortNames.includes(name))
  )
}

/** `apps` or `v1.apps`; the core group answers to `v1` and `v1.`. */
function isAt(info: ResourceInfo, place: string): boolean {
  if (place === info.group) return true
  const full = `${info.version}.${info.group}`
  return place === full || (info.group === '' && place === info.version)
}
