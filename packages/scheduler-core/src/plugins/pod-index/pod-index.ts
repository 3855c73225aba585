import type { LabelSet } from '@kube-bonsai/apimachinery'
import type { Handle } from '../../framework/handle.ts'
import type { Snapshot } from '../../framework/interfaces.ts'
import type { NodeInfo } from '../../framework/node-info.ts'
import type { Listers } from '../../framework/objects.ts'
import { labelOf } from './label-of.ts'
import { classKey, newPodClass, type PodClass } from './pod-class.ts'

/** One node as the index saw it last. */
interface IndexedNode {
  readonly labels: LabelSet
  readonly pods: ReadonlyMap<PodClass, number>
}

const noLabels: LabelSet = {}
const noPods: ReadonlyMap<PodClass, number> = new Map()

/**
 * All running pods by class, and all values of the node labels that matter, kept at the cost of what changes: affinity and
 * spreading look at classes and domains instead of at every pod of every node.
 */
export class PodIndex {
  readonly #nodes: Map<string, IndexedNode> = new Map()
  readonly #classes: Map<string, PodClass> = new Map()
  readonly #byNamespace: Map<string, Set<PodClass>> = new Map()
  readonly #withAffinity: Set<PodClass> = new Set()
  readonly #withRequiredAntiAffinity: Set<PodClass> = new Set()
  /** How many nodes have each value of a label, for the labels that were asked for. */
  readonly #domains: Map<string, Map<string, number>> = new Map()
  #version = -1

  /** Brings it up to date with a snapshot. */
  sync(snapshot: Snapshot): this {
    if (snapshot.version === this.#version) return this
    const changed = this.#version < 0 ? undefined : snapshot.changedSince(this.#version)
    for (const name of changed ?? this.#everything(snapshot)) this.#replace(name, snapshot.get(name))
    this.#version = snapshot.version
    return this
  }

  get nodeCount(): number {
    return this.#nodes.size
  }

  get classes(): Iterable<PodClass> {
    return this.#classes.values()
  }

  inNamespace(namespace: string): Iterable<PodClass> {
    return this.#byNamespace.get(namespace) ?? []
  }

  /** Classes whose pods have any term of affinity or anti-affinity. */
  get withAffinity(): Iterable<PodClass> {
    return this.#withAffinity
  }

  get withRequiredAntiAffinity(): Iterable<PodClass> {
    return this.#withRequiredAntiAffinity
  }

  /** How many pods of each class a node holds. */
  podsOn(node: string): ReadonlyMap<PodClass, number> {
    return this.#nodes.get(node)?.pods ?? noPods
  }

  /** How many nodes have each value of a label. */
  domains(label: string): ReadonlyMap<string, number> {
    const known = this.#domains.get(label)
    if (known) return known
    const made = new Map<string, number>()
    for (const { labels } of this.#nodes.values()) add(made, labelOf(labels, label), 1)
    this.#domains.set(label, made)
    return made
  }

  /** How many pods of a class the nodes hold, by the value of a node label; nodes without it do not count. */
  countsBy(podClass: PodClass, label: string): ReadonlyMap<string, number> {
    const known = podClass.byTopology.get(label)
    if (known) return known
    const made = new Map<string, number>()
    for (const [name, count] of podClass.nodes) add(made, labelOf(this.#nodes.get(name)?.labels, label), count)
    podClass.byTopology.set(label, made)
    return made
  }

  #everything(snapshot: Snapshot): readonly string[] {
    const names = new Set(this.#nodes.keys())
    for (const { name } of snapshot.nodes) names.add(name)
    return [...names]
  }

  #replace(name: string, node: NodeInfo | undefined): void {
    const old = this.#nodes.get(name)
    if (old) this.#remove(name, old)
    if (node?.node === undefined) return
    const pods = new Map<PodClass, number>()
    for (const info of node.pods) {
      const key = classKey(info)
      const known = this.#classes.get(key) ?? newPodClass(key, info)
      if (known.nodes.size === 0 && !pods.has(known)) this.#enter(known)
      pods.set(known, (pods.get(known) ?? 0) + 1)
    }
    const labels = node.node.metadata.labels ?? noLabels
    this.#nodes.set(name, { labels, pods })
    for (const [label, values] of this.#domains) add(values, labelOf(labels, label), 1)
    for (const [podClass, count] of pods) this.#count(podClass, name, labels, count)
  }

  #remove(name: string, { labels, pods }: IndexedNode): void {
    this.#nodes.delete(name)
    for (const [label, values] of this.#domains) add(values, labelOf(labels, label), -1)
    for (const [podClass, count] of pods) {
      this.#count(podClass, name, labels, -count)
      if (podClass.nodes.size === 0) this.#leave(podClass)
    }
  }

  #count(podClass: PodClass, name: string, labels: LabelSet, by: number): void {
    add(podClass.nodes, name, by)
    for (const [label, counts] of podClass.byTopology) add(counts, labelOf(labels, label), by)
  }

  #enter(podClass: PodClass): void {
    this.#classes.set(podClass.key, podClass)
    const siblings = this.#byNamespace.get(podClass.namespace)
    if (siblings) siblings.add(podClass)
    else this.#byNamespace.set(podClass.namespace, new Set([podClass]))
    if (podClass.terms !== undefined) this.#withAffinity.add(podClass)
    if (podClass.hasRequiredAntiAffinity) this.#withRequiredAntiAffinity.add(podClass)
  }

  #leave(podClass: PodClass): void {
    this.#classes.delete(podClass.key)
    this.#byNamespace.get(podClass.namespace)?.delete(podClass)
    this.#withAffinity.delete(podClass)
    this.#withRequiredAntiAffinity.delete(podClass)
  }
}

const indexes = new WeakMap<Listers, PodIndex>()

/** The index of a scheduler, up to date; its profiles share it. */
export function podIndexOf(handle: Handle, snapshot: Snapshot = handle.snapshot()): PodIndex {
  const known = indexes.get(handle.listers) ?? new PodIndex()
  indexes.set(handle.listers, known)
  return known.sync(snapshot)
}

/** Counts a value; one that nothing is left of goes. */
export function add(counts: Map<string, number>, value: string | undefined, by: number): void {
  if (value === undefined) return
  const sum = (counts.get(value) ?? 0) + by
  if (sum === 0) counts.delete(value)
  else counts.set(value, sum)
}
