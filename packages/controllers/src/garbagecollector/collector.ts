import { isConflict, isNotFound, type OwnerReference, type Stored, type Unstructured } from '@kube-bonsai/apimachinery'
import { createInformer, type OwnedInformer, type ResourceClient } from '@kube-bonsai/client'
import { apiVersionOf, clientOf, informerOf } from '../api/resources.ts'
import type { ControllerContext, RunningController } from '../controller.ts'
import { type CustomResourceDefinition, customResource, type DeletableResource } from '../discovery/resources.ts'
import type { EventRecorder } from '../event-recorder.ts'
import { definitions } from '../namespace/controller.ts'
import { Loop } from '../shell/loop.ts'
import { decide, type OwnerState } from './decide.ts'
import {
  foregroundFinalizer,
  type GraphNode,
  isDeleting,
  OwnerGraph,
  orphanFinalizer,
  ownersOf,
  waitsForDependents,
  waitsForOrphans,
} from './graph.ts'

export const collectorName = 'garbage-collector-controller'
const absentLimit = 500

/** An owner's kind is not known: whether the owner exists cannot be told. */
export class UnknownOwnerKindError extends Error {
  readonly apiVersion: string
  readonly kind: string

  constructor({ apiVersion, kind }: OwnerReference) {
    super(`unable to get REST mapping for ${apiVersion}/${kind}.`)
    this.name = 'UnknownOwnerKindError'
    this.apiVersion = apiVersion
    this.kind = kind
  }
}

/** Follows owner references over everything that is stored. @see pkg/controller/garbagecollector */
export class GarbageCollector implements RunningController {
  readonly #context: ControllerContext
  readonly #recorder: EventRecorder
  readonly #graph = new OwnerGraph()
  readonly #loop: Loop
  readonly #kinds = new Map<string, DeletableResource>()
  readonly #custom = new Map<string, { readonly key: string; readonly informer: OwnedInformer<Unstructured> }>()
  /** Owners that are known to be gone, by uid and namespace of the dependent. */
  readonly #absent = new Set<string>()

  constructor(context: ControllerContext, resources: readonly DeletableResource[]) {
    this.#context = context
    this.#recorder = context.recorder(collectorName)
    this.#loop = new Loop({ name: collectorName, context, workers: 20, sync: (key) => this.#sync(key) })
    for (const resource of resources) {
      // Events own nothing and nobody owns them.
      if (resource.resource === 'events') continue
      this.#kinds.set(`${apiVersionOf(resource)}/${resource.kind}`, resource)
      this.#loop.listen(informerOf(context.informers, resource), this.#handler(resource))
    }
    if (resources.some(({ resource }) => resource === 'customresourcedefinitions')) {
      this.#loop.listen(informerOf(context.informers, definitions), {
        onAdd: (definition) => this.#defined(definition),
        onUpdate: (definition) => this.#defined(definition),
        onDelete: (definition) => this.#undefined(definition.metadata.uid),
      })
    }
    this.#loop.run()
  }

  stop(): void {
    this.#loop.stop()
    for (const { informer } of this.#custom.values()) informer.stop()
  }

  #handler(resource: DeletableResource) {
    return {
      onAdd: (object: Stored<Unstructured>) => this.#changed({ resource, object }, undefined),
      onUpdate: (object: Stored<Unstructured>, old: Stored<Unstructured>) =>
        this.#changed({ resource, object }, { resource, object: old }),
      onDelete: (object: Stored<Unstructured>) => this.#deleted({ resource, object }),
    }
  }

  #defined(definition: Stored<CustomResourceDefinition>): void {
    const { uid } = definition.metadata
    const resource = customResource(definition)
    const key = resource === undefined ? '' : `${apiVersionOf(resource)}/${resource.kind}`
    if (this.#custom.get(uid)?.key === key) return
    this.#undefined(uid)
    if (resource === undefined) return
    const { clock, random, client } = this.#context
    const informer = createInformer(clientOf(client, resource), { clock, random: random.fork(`gc/${key}`) })
    this.#kinds.set(key, resource)
    this.#custom.set(uid, { key, informer })
    informer.handle(this.#handler(resource))
    informer.start()
  }

  #undefined(uid: string): void {
    const custom = this.#custom.get(uid)
    if (custom === undefined) return
    this.#custom.delete(uid)
    this.#kinds.delete(custom.key)
    custom.informer.stop()
  }

  #changed(node: GraphNode, old: GraphNode | undefined): void {
    const { uid } = node.object.metadata
    this.#graph.put(node)
    const before = new Map((old === undefined ? [] : ownersOf(old)).map((owner) => [owner.uid, owner]))
    for (const owner of ownersOf(node)) {
      if (!before.has(owner.uid) && this.#graph.get(owner.uid) === undefined) this.#add(uid)
    }
    const now = new Map(ownersOf(node).map((owner) => [owner.uid, owner]))
    for (const owner of before.values()) {
      if (owner.blockOwnerDeletion === true && now.get(owner.uid)?.blockOwnerDeletion !== true) this.#add(owner.uid)
    }
    if (waitsForOrphans(node) && (old === undefined || !waitsForOrphans(old))) this.#loop.queue.add(`orphan/${uid}`)
    if (waitsForDependents(node) && (old === undefined || !waitsForDependents(old))) {
      for (const { object } of this.#graph.dependentsOf(uid)) this.#add(object.metadata.uid)
      this.#add(uid)
    }
  }

  #deleted(node: GraphNode): void {
    const { uid, namespace = '' } = node.object.metadata
    this.#graph.remove(uid)
    this.#noteAbsent(uid, namespace)
    for (const dependent of this.#graph.dependentsOf(uid)) this.#add(dependent.object.metadata.uid)
    for (const owner of ownersOf(node)) {
      const found = this.#graph.get(owner.uid)
      if (found !== undefined && waitsForDependents(found)) this.#add(owner.uid)
    }
  }

  #add(uid: string): void {
    this.#loop.queue.add(`delete/${uid}`)
  }

  #noteAbsent(uid: string, namespace: string): void {
    this.#absent.add(`${namespace}/${uid}`)
    const [oldest] = this.#absent
    if (this.#absent.size > absentLimit && oldest !== undefined) this.#absent.delete(oldest)
  }

  async #sync(key: string): Promise<void> {
    const [task = '', uid = ''] = key.split('/')
    const node = this.#graph.get(uid)
    if (node === undefined) return
    try {
      await (task === 'orphan' ? this.#orphan(node) : this.#attempt(node))
    } catch (error) {
      // Gone meanwhile, as it should be. A conflict means that news is on its way, and the key is tried again.
      if (!isNotFound(error)) throw error
    }
  }

  async #attempt(node: GraphNode): Promise<void> {
    const { uid } = node.object.metadata
    if (waitsForDependents(node)) {
      const blocking = this.#graph.blockingDependentsOf(uid)
      if (blocking.length === 0) return this.#removeFinalizer(node, foregroundFinalizer)
      for (const one of blocking) if (!waitsForDependents(one)) this.#add(one.object.metadata.uid)
      return
    }
    if (isDeleting(node)) return
    const owners: { reference: OwnerReference; state: OwnerState }[] = []
    for (const reference of ownersOf(node)) {
      const state = await this.#stateOf(reference, node)
      if (state === undefined) return
      owners.push({ reference, state })
    }
    const verdict = decide(node, owners, this.#graph.dependentsOf(uid))
    if (verdict.action === 'release') return this.#release(node, verdict.owners)
    if (verdict.action !== 'delete') return
    const resourceVersion = verdict.unblock ? await this.#unblock(node) : node.object.metadata.resourceVersion
    const preconditions = { uid, resourceVersion }
    await this.#clientOf(node).delete(node.object.metadata.name, { propagationPolicy: verdict.policy, preconditions })
  }

  /** What an owner is; undefined when the reference can never be followed. Only absence is asked of the server. */
  async #stateOf(reference: OwnerReference, node: GraphNode): Promise<OwnerState | undefined> {
    const namespace = node.object.metadata.namespace ?? ''
    if (this.#absent.has(`${namespace}/${reference.uid}`)) return 'absent'
    const kind = this.#kinds.get(`${reference.apiVersion}/${reference.kind}`)
    if (kind === undefined) throw new UnknownOwnerKindError(reference)
    if (kind.namespaced && namespace === '') return undefined
    const known = this.#graph.get(reference.uid)
    if (known !== undefined && (!kind.namespaced || known.object.metadata.namespace === namespace)) {
      if (waitsForDependents(known)) return 'waiting'
      return 'solid'
    }
    if (known !== undefined) this.#reportNamespace(reference, node)
    try {
      const owner = await clientOf(this.#context.client, kind, kind.namespaced ? namespace : '').get(reference.name)
      if (owner.metadata.uid === reference.uid) {
        return waitsForDependents({ resource: kind, object: owner }) ? 'waiting' : 'solid'
      }
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
    this.#noteAbsent(reference.uid, namespace)
    return 'absent'
  }

  #reportNamespace({ apiVersion, kind, name, uid }: OwnerReference, node: GraphNode): void {
    const { namespace = '' } = node.object.metadata
    const text = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`
    const message = `ownerRef ${text} does not exist in namespace "${namespace}"`
    this.#recorder.event(node.object as unknown as Unstructured, 'Warning', 'OwnerRefInvalidNamespace', message)
  }

  async #orphan(node: GraphNode): Promise<void> {
    const { uid } = node.object.metadata
    if (!waitsForOrphans(node)) return
    await Promise.all(
      this.#graph.dependentsOf(uid).map((dependent) => this.#release(dependent, [uid]).catch(unlessGone)),
    )
    await this.#removeFinalizer(node, orphanFinalizer)
  }

  async #release(node: GraphNode, owners: readonly string[]): Promise<void> {
    const ownerReferences = ownersOf(node).filter((owner) => !owners.includes(owner.uid))
    await this.#patch(node, { ownerReferences: ownerReferences.length === 0 ? null : ownerReferences })
  }

  async #unblock(node: GraphNode): Promise<string> {
    const ownerReferences = ownersOf(node).map((owner) => ({ ...owner, blockOwnerDeletion: false }))
    return (await this.#patch(node, { ownerReferences })).metadata.resourceVersion
  }

  async #removeFinalizer(node: GraphNode, finalizer: string): Promise<void> {
    const finalizers = (node.object.metadata.finalizers ?? []).filter((one) => one !== finalizer)
    await this.#patch(node, { finalizers })
  }

  #patch(node: GraphNode, change: object): Promise<Stored<Unstructured>> {
    const { name, uid, resourceVersion } = node.object.metadata
    return this.#clientOf(node).patch(name, 'merge', { metadata: { uid, resourceVersion, ...change } })
  }

  #clientOf({ resource, object }: GraphNode): ResourceClient<Unstructured> {
    return clientOf(this.#context.client, resource, object.metadata.namespace ?? '')
  }
}

/** A dependent that is gone needs no release; one that changed is tried again with its owner. */
function unlessGone(error: unknown): void {
  if (!isNotFound(error) || isConflict(error)) throw error
}
