import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { RequestContext, ServerContext, Target } from '../context.ts'

/** What admission looks at; objects are in the version in which they are kept. */
export interface Attributes {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE'
  readonly target: Target
  readonly subresource: string
  readonly namespace: string
  /** Empty while a generated name is not known. */
  readonly name: string
  readonly object: KubeObject
  readonly old: KubeObject | undefined
  readonly dryRun: boolean
}

/** One admission plugin. Refusals are StatusErrors. */
export interface AdmissionPlugin {
  readonly name: string
  /** Returns the object, changed or not. */
  admit?(context: RequestContext, attributes: Attributes): Promise<KubeObject> | KubeObject
  validate?(context: RequestContext, attributes: Attributes): Promise<void> | void
}

/** The plugins of a server, in upstream's order: all mutating phases first, then all validating ones. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[]

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins
  }

  async admit(context: RequestContext, attributes: Attributes): Promise<KubeObject> {
    let { object } = attributes
    for (const plugin of this.#plugins)
      if (plugin.admit) object = await plugin.admit(context, { ...attributes, object })
    return object
  }

  async validate(context: RequestContext, attributes: Attributes): Promise<void> {
    for (const plugin of this.#plugins) if (plugin.validate) await plugin.validate(context, attributes)
  }
}

/** An object of another kind, straight from the store: what upstream's plugins read from their informers. */
export async function lookUp(server: ServerContext, prefix: string, name: string): Promise<KubeObject | undefined> {
  return (await server.storage.get(`/registry/${prefix}/${name}`))?.value
}

/** True for a request that creates a pod itself. */
export function createsPod({ operation, target, subresource }: Attributes): boolean {
  return operation === 'CREATE' && target.info.resource === 'pods' && target.info.group === '' && subresource === ''
}
