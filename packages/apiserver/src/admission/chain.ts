import { type KubeObject, newForbidden, type StatusError } from '@kube-bonsai/apimachinery'
import { confirmAuthority } from '../authorization/rbac/escalation.ts'
import { groupResource, type RequestContext, type ServerContext, type Target } from '../context.ts'

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
  /** Set while objects may be changed. */
  readonly reinvocation?: Reinvocation
}

/** Lets a plugin that changed an object have the others look at it again, once. */
export interface Reinvocation {
  /** True in the second round. */
  readonly isReinvoke: boolean
  /** Asks for a second round. */
  require(): void
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
    let current = attributes
    let required = false
    const require = () => {
      required = true
    }
    const round = async (reinvocation: Reinvocation) => {
      current = { ...current, reinvocation }
      for (const plugin of this.#plugins) {
        const answer = plugin.admit?.(context, current)
        if (answer === undefined) continue
        // Most plugins answer at once: waiting for each would cost more than what they do.
        const object = answer instanceof Promise ? await answer : answer
        if (object !== current.object) current = { ...current, object }
      }
    }
    await round({ isReinvoke: false, require })
    if (required) await round({ isReinvoke: true, require })
    await confirmAuthority(context, { ...attributes, object: current.object })
    return current.object
  }

  async validate(context: RequestContext, attributes: Attributes): Promise<void> {
    for (const plugin of this.#plugins) {
      const answer = plugin.validate?.(context, attributes)
      if (answer !== undefined) await answer
    }
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

/** The 403 of a plugin: names the object as far as its name is known. @see staging/src/k8s.io/apiserver/pkg/admission/errors.go */
export function forbidden({ name, object, operation, target }: Attributes, why: string): StatusError {
  // What is deleted has no object of its own; of a whole collection not even the name is known.
  const { metadata } = operation === 'DELETE' ? { metadata: {} as KubeObject['metadata'] } : object
  const known = name || metadata.name || metadata.generateName || 'Unknown'
  return newForbidden(groupResource(target), known, why)
}

/** Whether a request is about a built-in resource. */
export function isAbout({ target }: Attributes, group: string, resource: string): boolean {
  return target.info.resource === resource && target.info.group === group
}
