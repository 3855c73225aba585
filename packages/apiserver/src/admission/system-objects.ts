import { scheme } from '@kube-bonsai/api-types'
import type { ServerContext, Target, User } from '../context.ts'

/** The server as a client of its own API. */
export const systemUser: User = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] }

const known = new WeakMap<ServerContext, Map<string, Promise<Target>>>()

/** A built-in resource for what the server itself writes, whether it is served or not. */
export function systemTarget(server: ServerContext, group: string, version: string, resource: string): Promise<Target> {
  const targets = known.get(server) ?? new Map<string, Promise<Target>>()
  known.set(server, targets)
  const key = `${group}/${version}/${resource}`
  const found = targets.get(key) ?? find(server, group, version, resource)
  targets.set(key, found)
  return found
}

async function find(server: ServerContext, group: string, version: string, resource: string): Promise<Target> {
  await scheme.load(group, version)
  const info = scheme.resources.find(
    (entry) => entry.group === group && entry.version === version && entry.resource === resource,
  )
  if (info === undefined) throw new Error(`unsupported: ${group}/${version} ${resource}`)
  const stored = server.catalog.stored(info)
  if (stored.version !== version || stored.group !== group) await scheme.load(stored.group, stored.version)
  return { info, stored, strategy: server.strategyFor(info) }
}
