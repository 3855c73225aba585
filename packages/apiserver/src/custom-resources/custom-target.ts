import {
  type DecodedCustomResource,
  decodeCustomResource,
  type ScalePaths,
  type Strategy,
} from '@kube-bonsai/api-strategies'
import { type ResourceInfo, scheme } from '@kube-bonsai/api-types'
import { formatApiVersion, type KubeObject, newNotAcceptable } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { FieldManager, type FieldSet, type ReplicasPaths, type ValueType } from '@kube-bonsai/patch'
import type { Storage } from '@kube-bonsai/storage'
import { servedTypes } from '../codec/negotiation.ts'
import type { RequestContext, ServerContext, Target } from '../context.ts'
import type { Stored } from '../registry/catalog.ts'
import type { ResourceRequest } from '../request/request-info.ts'
import { CustomResourceCodec } from './conversion.ts'
import { holds } from './definition.ts'
import { loadRules } from './late-rules.ts'
import type { ServedVersion, Serving } from './serving.ts'
import { VersionedStorage } from './versioned-storage.ts'
import type { ConversionWebhook } from './webhook.ts'

/** One version of a custom resource as the target of requests. It follows changes of its definition. */
export class CustomTarget implements Target {
  /** Sees every object in this version. */
  readonly storage: Storage<KubeObject>
  readonly #current: () => Serving | undefined
  readonly #version: string
  readonly #codec: CustomResourceCodec
  readonly #managers: Map<string, FieldManager> = new Map()
  readonly #servers: WeakMap<ServerContext, ServerContext> = new WeakMap()
  #last: Serving | undefined

  constructor(
    storage: Storage<KubeObject>,
    current: () => Serving | undefined,
    version: string,
    webhook: ConversionWebhook | undefined,
  ) {
    this.#current = current
    this.#version = version
    this.#last = current()
    const crd = this.#last?.crd
    const apiVersion = formatApiVersion({ group: crd?.spec.group ?? '', version })
    this.#codec = new CustomResourceCodec(current, apiVersion, webhook)
    this.storage = new VersionedStorage(storage, this.#last?.prefix ?? '', this.#codec)
  }

  get custom(): CustomTarget {
    return this
  }

  get info(): ResourceInfo {
    return this.#served.info
  }

  get strategy(): Strategy {
    return this.#served.strategy
  }

  get stored(): Stored {
    const { info, apiVersion } = this.#served
    const { group, resource, kind, namespaced, version } = info
    return { group, resource, kind, namespaced, version, apiVersion, prefix: this.#serving.prefix }
  }

  /** The type of its objects, as apply looks at them. */
  get type(): ValueType {
    return this.#served.type
  }

  get listKind(): string {
    const { status, spec } = this.#serving.crd
    return status?.acceptedNames?.listKind ?? spec.names.listKind ?? `${this.info.kind}List`
  }

  get scale(): ScalePaths | undefined {
    return this.#served.scale
  }

  /** Tells a request what is to be told of the version, and makes sure that metadata can be read. Throws a 406 where only protobuf is accepted. */
  async begin(context: RequestContext, accept: string): Promise<void> {
    checkAccept(accept, context.server.gates)
    const { warnings, schema } = this.#served
    for (const text of warnings) context.warn(text)
    if (schema?.below.rules) await loadRules()
    await scheme.load('', 'v1')
  }

  /** The server as requests for this version see it: its objects come in this version. */
  serverFor(server: ServerContext): ServerContext {
    const known = this.#servers.get(server)
    if (known !== undefined) return known
    const made = { ...server, storage: this.storage }
    this.#servers.set(server, made)
    return made
  }

  /** Whether its definition is being deleted, so that nothing may be created any more. */
  get isTerminating(): boolean {
    return holds(this.#serving.crd, 'Terminating')
  }

  decode(object: KubeObject): DecodedCustomResource {
    const { schema, preserveUnknownFields } = this.#served
    return decodeCustomResource(object, schema, preserveUnknownFields)
  }

  /** Whether an object that was read is kept in an old version. */
  isStale(object: KubeObject): boolean {
    return this.#codec.isStale(object)
  }

  /** Where each version keeps its replicas, for managed fields. */
  get replicasPaths(): ReplicasPaths {
    const versions = [...this.#serving.versions.values()]
    return Object.fromEntries(
      versions.map(({ apiVersion, scale }) => [
        apiVersion,
        scale === undefined
          ? []
          : scale.specReplicas
              .replace(/^\./, '')
              .split('.')
              .map((name) => `f:${name}` as const),
      ]),
    )
  }

  fieldManager(context: RequestContext, subresource: string): FieldManager {
    const serving = this.#serving
    const found = this.#managers.get(subresource)
    if (found !== undefined) return found
    const made = this.#newFieldManager(context, serving, subresource)
    this.#managers.set(subresource, made)
    return made
  }

  #newFieldManager(context: RequestContext, serving: Serving, subresource: string): FieldManager {
    const { group, version, kind } = this.info
    const strategyContext = { gates: context.server.gates, now: '' }
    const zero: KubeObject = { apiVersion: this.#served.apiVersion, kind, metadata: {} }
    return new FieldManager({
      kind: { group, version, kind },
      subresource,
      typeIn: (apiVersion) => [...serving.versions.values()].find((one) => one.apiVersion === apiVersion)?.type,
      convert: (object, apiVersion) => this.#codec.convert(object, apiVersion),
      zero: () => zero,
      complete: (object) => {
        const { object: read, problem } = this.decode(object)
        if (problem !== undefined) throw new Error(problem)
        return this.strategy.default(read, strategyContext)
      },
      resetFields: resetFields(serving, version, subresource),
    })
  }

  get #serving(): Serving {
    const current = this.#current()
    if (current !== undefined && current !== this.#last && current.versions.has(this.#version)) {
      this.#last = current
      this.#managers.clear()
    }
    if (this.#last === undefined) throw new Error('a custom resource without a definition')
    return this.#last
  }

  get #served(): ServedVersion {
    const found = this.#serving.versions.get(this.#version)
    if (found === undefined) throw new Error(`no version ${this.#version}`)
    return found
  }
}

const spec: FieldSet = { 'f:spec': {} }
const status: FieldSet = { 'f:status': {} }

/** Custom resources have no form in protobuf; their metadata has. */
function checkAccept(accept: string, gates: FeatureGates): void {
  const entries = accept.split(',').map((entry) => entry.trim())
  const isProtobuf = (entry: string) =>
    entry.startsWith('application/vnd.kubernetes.protobuf') && !entry.includes('as=')
  if (accept !== '' && entries.every(isProtobuf)) throw newNotAcceptable(servedTypes(gates).objects)
}

/** Whether a path fits the scope of a resource: the objects of a namespace are reached through it, but listed everywhere. */
export function isInScope(target: CustomTarget, { namespace, verb }: ResourceRequest): boolean {
  if (!target.info.namespaced) return namespace === ''
  return namespace !== '' || verb === 'list' || verb === 'watch'
}

/** What writes through the object or its status leave as it was. */
function resetFields(serving: Serving, version: string, subresource: string): Readonly<Record<string, FieldSet>> {
  const withStatus = [...serving.versions.values()].filter(({ hasStatus }) => hasStatus)
  if (subresource === 'status') return Object.fromEntries(withStatus.map(({ apiVersion }) => [apiVersion, spec]))
  if (subresource !== '') return {}
  const own = withStatus.filter((one) => one.version === version)
  return Object.fromEntries(own.map(({ apiVersion }) => [apiVersion, status]))
}
