import type { Strategy } from '@kube-bonsai/api-strategies'
import type { ResourceInfo } from '@kube-bonsai/api-types'
import type { CustomResourceDefinition } from '@kube-bonsai/api-types/apiextensions/v1'
import { deepEqual, type KubeObject } from '@kube-bonsai/apimachinery'
import type { Random } from '@kube-bonsai/clock'
import type { Storage, StorageWatch } from '@kube-bonsai/storage'
import { CustomTarget } from './custom-target.ts'
import { asDefinition, definitionPrefix, holds, storageVersionOf } from './definition.ts'
import { evaluateLate } from './late-rules.ts'
import { discoveredInfo, makeServing, type Serving } from './serving.ts'
import { compareVersions } from './version-order.ts'
import { ConversionWebhook, type ReviewSender } from './webhook.ts'

/** What serving custom resources takes from outside. */
export interface CustomResourcesOptions {
  readonly storage: Storage<KubeObject>
  readonly random: Random
  /** Reaches conversion webhooks; without it conversions by webhook are refused. */
  readonly send?: ReviewSender
}

/** A group of custom resources in discovery. */
export interface CustomGroup {
  readonly group: string
  /** The preferred version first. */
  readonly versions: readonly string[]
}

interface Entry {
  crd: CustomResourceDefinition
  serving: Serving | undefined
  /** By version; kept as long as the definition is. */
  readonly targets: Map<string, CustomTarget>
}

/** Tells that a definition came, changed, or went. */
export type DefinitionListener = (name: string, crd: CustomResourceDefinition | undefined) => void

/** The definitions of a server and what it serves because of them. It follows the storage: a change counts with the next request. */
export class CustomResources {
  readonly #options: CustomResourcesOptions
  readonly #webhook: ConversionWebhook | undefined
  readonly #entries: Map<string, Entry> = new Map()
  readonly #listeners: Set<DefinitionListener> = new Set()
  readonly #ready: Promise<void>
  #loaded = false
  #watch: StorageWatch | undefined
  #discovery: { readonly served: readonly ResourceInfo[]; readonly groups: readonly CustomGroup[] } | undefined
  #generation = 0

  constructor(options: CustomResourcesOptions) {
    const { send, random } = options
    this.#options = options
    this.#webhook = send && new ConversionWebhook(send, random)
    this.#ready = this.#load()
  }

  /** Waits until what the storage held at the beginning is known; undefined once it is. */
  ready(): Promise<void> | undefined {
    return this.#loaded ? undefined : this.#ready
  }

  /** Counts changes of definitions. */
  get generation(): number {
    return this.#generation
  }

  close(): void {
    this.#watch?.cancel()
  }

  /** Calls back after every change of a definition. What is there already comes first. */
  subscribe(listener: DefinitionListener): void {
    this.#listeners.add(listener)
    if (this.#loaded) for (const [name, { crd }] of this.#entries) listener(name, crd)
  }

  definition(name: string): CustomResourceDefinition | undefined {
    return this.#entries.get(name)?.crd
  }

  definitions(): readonly CustomResourceDefinition[] {
    return [...this.#entries.values()].map(({ crd }) => crd)
  }

  /** The version of a custom resource that a path names; undefined where none is served. */
  find(group: string, version: string, resource: string): CustomTarget | undefined {
    const name = `${resource}.${group}`
    const entry = this.#entries.get(name)
    if (entry === undefined) return undefined
    const { crd } = entry
    if (!holds(crd, 'NamesAccepted') && !holds(crd, 'Established')) return undefined
    if (!crd.spec.versions.some((one) => one.name === version && one.served)) return undefined
    return this.#target(name, entry, version)
  }

  /** The version in which the objects of a definition are kept, whether or not it is served. */
  keeper(name: string): CustomTarget | undefined {
    const entry = this.#entries.get(name)
    return entry && this.#target(name, entry, storageVersionOf(entry.crd))
  }

  /** What discovery shows. */
  get served(): readonly ResourceInfo[] {
    return this.#discovered().served
  }

  get groups(): readonly CustomGroup[] {
    return this.#discovered().groups
  }

  /** The strategy of a custom resource that is served; undefined for others. */
  strategyFor({ group, version, resource }: ResourceInfo): Strategy | undefined {
    return this.find(group, version, resource)?.strategy
  }

  #target(name: string, entry: Entry, version: string): CustomTarget | undefined {
    const known = entry.targets.get(version)
    if (known !== undefined) return known
    const current = () => this.#serving(name)
    if (current()?.versions.has(version) !== true) return undefined
    const made = new CustomTarget(this.#options.storage, current, version, this.#webhook)
    entry.targets.set(version, made)
    return made
  }

  #serving(name: string): Serving | undefined {
    const entry = this.#entries.get(name)
    if (entry === undefined) return undefined
    entry.serving ??= makeServing(entry.crd, evaluateLate)
    return entry.serving
  }

  async #load(): Promise<void> {
    const { storage } = this.#options
    const page = await storage.range({ prefix: definitionPrefix })
    for (const { value } of page.items) this.#put(asDefinition(value))
    this.#watch = storage.watch({
      prefix: definitionPrefix,
      fromRevision: page.revision + 1,
      onEvents: (events) => {
        for (const { type, kv } of events) {
          const crd = asDefinition(kv.value)
          if (type === 'put') this.#put(crd)
          else this.#remove(crd.metadata.name ?? '')
          this.#tell(crd.metadata.name ?? '')
        }
      },
    })
    this.#loaded = true
    for (const name of this.#entries.keys()) this.#tell(name)
  }

  #put(crd: CustomResourceDefinition): void {
    const name = crd.metadata.name ?? ''
    const known = this.#entries.get(name)
    this.#changed()
    if (known === undefined || known.crd.metadata.uid !== crd.metadata.uid) {
      this.#entries.set(name, { crd, serving: undefined, targets: new Map() })
      return
    }
    const same =
      deepEqual(known.crd.spec, crd.spec) && deepEqual(known.crd.status?.acceptedNames, crd.status?.acceptedNames)
    if (!same) known.serving = undefined
    known.crd = crd
  }

  #remove(name: string): void {
    this.#entries.delete(name)
    this.#changed()
  }

  #changed(): void {
    this.#generation++
    this.#discovery = undefined
  }

  #tell(name: string): void {
    const crd = this.definition(name)
    for (const listener of this.#listeners) listener(name, crd)
  }

  #discovered() {
    this.#discovery ??= this.#discover()
    return this.#discovery
  }

  #discover() {
    const served: ResourceInfo[] = []
    const groups = new Map<string, Set<string>>()
    for (const { crd } of this.#entries.values()) {
      if (!holds(crd, 'Established')) continue
      for (const version of crd.spec.versions) {
        if (!version.served) continue
        const known = groups.get(crd.spec.group) ?? new Set()
        groups.set(crd.spec.group, known.add(version.name))
        served.push(discoveredInfo(crd, version))
      }
    }
    served.sort((left, right) => (left.resource < right.resource ? -1 : left.resource > right.resource ? 1 : 0))
    const sorted = [...groups].sort(([left], [right]) => (left < right ? -1 : 1))
    return {
      served,
      groups: sorted.map(([group, versions]) => ({ group, versions: [...versions].sort(compareVersions) })),
    }
  }
}
