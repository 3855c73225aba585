import { type ResourceInfo, scheme } from '@kube-bonsai/api-types'
import { formatApiVersion } from '@kube-bonsai/apimachinery'

/** What is served beside the built-in resources, and changes as the server runs. */
export interface DynamicResources {
  readonly served: readonly ResourceInfo[]
  readonly groups: readonly { readonly group: string; readonly versions: readonly string[] }[]
  /** Counts changes of the two. */
  readonly generation: number
}

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
  readonly #builtIn: readonly ResourceInfo[]
  readonly #dynamic: DynamicResources | undefined
  #all: { readonly generation: number; readonly served: readonly ResourceInfo[] } | undefined
  readonly #byPath: ReadonlyMap<string, ResourceInfo>
  readonly #versions: ReadonlySet<string>
  readonly #groups: ReadonlySet<string>
  readonly #stored: Map<string, Stored> = new Map()

  /** @param runtimeConfig `group/version` or `api/all`, `api/alpha`, `api/beta`, `api/ga` to on or off, as `--runtime-config` has it */
  constructor(runtimeConfig: Readonly<Record<string, boolean>> = {}, dynamic?: DynamicResources) {
    this.#dynamic = dynamic
    this.#builtIn = scheme.resources.filter((info) => isServed(info, runtimeConfig))
    this.#byPath = new Map(this.#builtIn.map((info) => [pathKey(info.group, info.version, info.resource), info]))
    this.#versions = new Set(this.#builtIn.map(({ group, version }) => `${group}/${version}`))
    this.#groups = new Set(this.#builtIn.map(({ group }) => group))
  }

  /** Everything that discovery shows. */
  get served(): readonly ResourceInfo[] {
    const generation = this.#dynamic?.generation ?? 0
    if (this.#all?.generation !== generation)
      this.#all = { generation, served: [...this.#builtIn, ...(this.#dynamic?.served ?? [])] }
    return this.#all.served
  }

  /** Whether anything built in is served of a group and version. */
  serves(group: string, version: string): boolean {
    return this.#versions.has(`${group}/${version}`)
  }

  /** Whether any version of a group is built in and served. */
  servesGroup(group: string): boolean {
    return this.#groups.has(group)
  }

  /** A built-in resource. */
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
    const builtIn = scheme.groups.flatMap(({ group, versions }) => {
      const own = versions.filter((version) => this.serves(group, version))
      return own.length === 0 ? [] : [{ group, versions: own }]
    })
    const known = new Set(builtIn.map(({ group }) => group))
    return [...builtIn, ...(this.#dynamic?.groups ?? []).filter(({ group }) => !known.has(group))]
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
