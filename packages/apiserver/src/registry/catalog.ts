import { type ResourceInfo, scheme } from '@kube-bonsai/api-types'
import { formatApiVersion } from '@kube-bonsai/apimachinery'

/** A resource with everything that is the same for all versions of it. */
export interface Stored {
  readonly group: string
  readonly resource: string
  readonly kind: string
  readonly namespaced: boolean
  /** Where its objects are kept, up to and with the last slash. */
  readonly prefix: string
  /** The apiVersion in which objects are kept. */
  readonly apiVersion: string
  readonly version: string
}

/** The resources that a server serves. */
export class Catalog {
  readonly served: readonly ResourceInfo[]
  readonly #byPath: ReadonlyMap<string, ResourceInfo>
  readonly #stored: Map<string, Stored> = new Map()

  /** @param runtimeConfig `group/version` or `api/all`, `api/alpha`, `api/beta`, `api/ga` to on or off, as `--runtime-config` has it */
  constructor(runtimeConfig: Readonly<Record<string, boolean>> = {}) {
    this.served = scheme.resources.filter((info) => isServed(info, runtimeConfig))
    this.#byPath = new Map(this.served.map((info) => [pathKey(info.group, info.version, info.resource), info]))
  }

  find(group: string, version: string, resource: string): ResourceInfo | undefined {
    return this.#byPath.get(pathKey(group, version, resource))
  }

  /** How the objects of a resource are kept. The events of both groups are the same objects. */
  stored({ group, resource, kind, namespaced }: ResourceInfo): Stored {
    const own = resource === 'events' ? '' : group
    const key = pathKey(own, '', resource)
    const known = this.#stored.get(key)
    if (known) return known
    const version = storageVersion(own, resource)
    const prefix = `/registry/${own || 'core'}/${resource}/`
    const made = {
      group: own,
      resource,
      kind,
      namespaced,
      prefix,
      version,
      apiVersion: formatApiVersion({ group: own, version }),
    }
    this.#stored.set(key, made)
    return made
  }

  /** Groups in the order of discovery with the versions of theirs that are served. */
  groups(): readonly { readonly group: string; readonly versions: readonly string[] }[] {
    return scheme.groups.flatMap(({ group, versions }) => {
      const own = versions.filter((version) =>
        this.served.some((info) => info.group === group && info.version === version),
      )
      return own.length === 0 ? [] : [{ group, versions: own }]
    })
  }
}

function pathKey(group: string, version: string, resource: string): string {
  return `${group}/${version}/${resource}`
}

/** GA before beta before alpha; HPA is kept as v2. */
function storageVersion(group: string, resource: string): string {
  const own = scheme.resources.filter((info) => info.group === group && info.resource === resource)
  const newest = [...own].sort((left, right) => rank(right.version) - rank(left.version))
  return newest[0]?.version ?? 'v1'
}

function rank(version: string): number {
  const [, major = '0', stage = '', minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? []
  return (stage === '' ? 2_000_000 : stage === 'beta' ? 1_000_000 : 0) + Number(major) * 1000 + Number(minor)
}

function isServed(info: ResourceInfo, config: Readonly<Record<string, boolean>>): boolean {
  const apiVersion = formatApiVersion(info)
  const stage = /alpha/.test(info.version) ? 'api/alpha' : /beta/.test(info.version) ? 'api/beta' : 'api/ga'
  return (
    config[`${apiVersion}/${info.resource}`] ??
    config[apiVersion] ??
    config[stage] ??
    config['api/all'] ??
    info.servedByDefault
  )
}
