import type { GroupVersionKind, KubeObject, OwnerReference, Stored } from '@kube-bonsai/apimachinery'

/** The namespace of an object; empty for a cluster-scoped one. */
export function namespaceOf(object: KubeObject): string {
  return object.metadata.namespace ?? ''
}

/** The key that informers and queues use: `namespace/name`, or `name` alone. */
export function keyOf(object: KubeObject): string {
  return joinKey(namespaceOf(object), object.metadata.name ?? '')
}

/** Joins a key; no namespace gives the name alone. */
export function joinKey(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`
}

/** Takes a key apart. */
export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/')
  return { namespace: slash < 0 ? '' : key.slice(0, slash), name: key.slice(slash + 1) }
}

/** The owner that controls an object, if one does. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true)
}

/** Says whether `owner`, and not only one of its name, controls `object`. */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid
}

/** A reference that makes `owner` the controller. */
export function controllerRefTo(owner: Stored<unknown>, kind: GroupVersionKind): OwnerReference {
  return {
    apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
    kind: kind.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  }
}

/** Orders by creation, then by name, as upstream does. */
export function byCreation(a: Stored<unknown>, b: Stored<unknown>): number {
  return (
    timeOf(a.metadata.creationTimestamp) - timeOf(b.metadata.creationTimestamp) ||
    compare(a.metadata.name, b.metadata.name)
  )
}

/** Orders strings by their code units. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Milliseconds of an API time; 0 when there is none. */
export function timeOf(text: string | null | undefined): number {
  if (text === undefined || text === null || text === '') return 0
  const time = Date.parse(text)
  return Number.isNaN(time) ? 0 : time
}

/** An API time: RFC 3339 with whole seconds. */
export function timeText(milliseconds: number): string {
  return `${new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().slice(0, 19)}Z`
}

/** An API time with microseconds, as Events and Leases hold. */
export function microTimeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`
}
