import { convertObject } from '@kube-bonsai/api-strategies'
import { type KubeObject, type ObjectMeta, StatusError } from '@kube-bonsai/apimachinery'
import type { Target } from '../context.ts'

/** The key of an object; names and namespaces hold no slash. */
export function keyOf({ stored }: Target, namespace: string, name: string): string {
  return stored.namespaced ? `${stored.prefix}${namespace}/${name}` : stored.prefix + name
}

const etcdNames: Readonly<Record<string, string>> = {
  replicationcontrollers: 'controllers',
  endpoints: 'services/endpoints',
  nodes: 'minions',
  services: 'services/specs',
  ingresses: 'ingress',
}

/** The key that upstream's messages name. @see pkg/kubeapiserver/default_storage_factory_builder.go */
export function etcdKey({ info, stored }: Target, namespace: string, name: string): string {
  const own = Object.hasOwn(etcdNames, info.resource) ? etcdNames[info.resource] : info.resource
  const foreign = ['apiextensions.k8s.io', 'apiregistration.k8s.io'].includes(stored.group)
  const folder = foreign ? `${stored.group}/${own}` : own
  return `/registry/${folder}/${stored.namespaced ? `${namespace}/` : ''}${name}`
}

/** The prefix of a resource's keys, in one namespace or all. */
export function prefixOf({ stored }: Target, namespace: string): string {
  return stored.namespaced && namespace !== '' ? `${stored.prefix}${namespace}/` : stored.prefix
}

/** The same object with other metadata; fields that are undefined there go away. */
export function withMeta(
  object: KubeObject,
  changes: { readonly [K in keyof ObjectMeta]?: ObjectMeta[K] | undefined },
): KubeObject {
  // Built anew rather than deleted from: engines keep objects that lost a property in a slower, larger form.
  const metadata: Record<string, unknown> = {}
  const goes = (key: string) => Object.hasOwn(changes, key) && changes[key as keyof ObjectMeta] === undefined
  for (const [key, value] of Object.entries(object.metadata)) if (!goes(key)) metadata[key] = value
  for (const [key, value] of Object.entries(changes)) {
    if (value !== undefined) metadata[key] = value
  }
  return { ...object, metadata: metadata as ObjectMeta }
}

/** An object in the version in which it is kept. */
export function toStored(target: Target, object: KubeObject): KubeObject {
  return rename(object, target.stored.apiVersion, target)
}

/** An object in the version that a request speaks. */
export function fromStored(target: Target, object: KubeObject): KubeObject {
  const { group, version } = target.info
  return rename(object, group === '' ? version : `${group}/${version}`, target)
}

function rename(object: KubeObject, apiVersion: string, target: Target): KubeObject {
  if (object.apiVersion === apiVersion) return object
  if (target.custom) throw unconverted(object, apiVersion)
  return convertObject(object, apiVersion)
}

/** A custom resource that its webhook could not turn is shown by nobody. */
function unconverted({ apiVersion, kind }: KubeObject, wanted: string): StatusError {
  const message = `conversion of ${apiVersion}, Kind=${kind} to ${wanted} failed`
  return StatusError.of({ reason: '', code: 500, message })
}

/** Freezes what is not frozen yet; parts that are shared with stored objects are frozen already and not visited again. */
export function deepFreeze<T>(value: T): T {
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue
    Object.freeze(next)
    for (const child of Object.values(next)) waiting.push(child)
  }
  return value
}
