import type { KubeObject } from '@kube-bonsai/apimachinery'
import { millisOfInstant, parseTime } from '@kube-bonsai/apimachinery'
import type { Storage } from '@kube-bonsai/storage'

/** Reads the objects that tokens speak of, as they are now. */
export interface TokenObjects {
  account(namespace: string, name: string): Promise<KubeObject | undefined>
  pod(namespace: string, name: string): Promise<KubeObject | undefined>
  secret(namespace: string, name: string): Promise<KubeObject | undefined>
  node(name: string): Promise<KubeObject | undefined>
}

/** Reads them from a server's store. */
export function tokenObjects(storage: Storage<KubeObject>): TokenObjects {
  const get = async (...path: readonly string[]) => (await storage.get(`/registry/core/${path.join('/')}`))?.value
  return {
    account: (namespace, name) => get('serviceaccounts', namespace, name),
    pod: (namespace, name) => get('pods', namespace, name),
    secret: (namespace, name) => get('secrets', namespace, name),
    node: (name) => get('nodes', name),
  }
}

/** Whether an object should be gone since before a time, in milliseconds since the epoch. */
export function goneBefore({ metadata }: KubeObject, time: number): boolean {
  const { deletionTimestamp } = metadata
  return deletionTimestamp !== undefined && millisOfInstant(parseTime(deletionTimestamp)) < time
}
