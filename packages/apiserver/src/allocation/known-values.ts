import { type Draft, needsHealthCheck, needsNodePorts, sameList } from './draft.ts'

/**
 * Brings `clusterIP` and `clusterIPs` together, for clients that know only one of them.
 * @see pkg/registry/core/service/storage/storage.go normalizeClusterIPs
 */
export function alignAddresses(draft: Draft, old: Draft | undefined): void {
  if (old === undefined) {
    if (draft.clusterIP !== '' && draft.clusterIPs.length === 0) draft.clusterIPs = [draft.clusterIP]
    return
  }
  if (old.clusterIPs.length > 0 && draft.clusterIPs.length === 0 && old.clusterIP === draft.clusterIP)
    draft.clusterIPs = old.clusterIPs
  if (old.clusterIP === draft.clusterIP || !sameList(old.clusterIPs, draft.clusterIPs)) return
  draft.clusterIPs = draft.clusterIP === '' ? [] : [draft.clusterIP]
}

/**
 * Keeps what was allocated where an update does not mention it.
 * @see pkg/registry/core/service/storage/storage.go patchAllocatedValues
 */
export function keepAllocated(draft: Draft, old: Draft): void {
  if (draft.type !== 'ExternalName' && old.type !== 'ExternalName') {
    if (draft.clusterIP === '') draft.clusterIP = old.clusterIP
    if (draft.clusterIPs.length === 0) draft.clusterIPs = old.clusterIPs
  }
  if (needsNodePorts(draft) && needsNodePorts(old)) keepNodePorts(draft, old)
  if (needsHealthCheck(draft) && needsHealthCheck(old) && draft.healthCheckNodePort === 0)
    draft.healthCheckNodePort = old.healthCheckNodePort
}

/** Ports are known by their names; a number that another port asks for goes there. */
function keepNodePorts(draft: Draft, old: Draft): void {
  const asked = new Set(draft.ports.flatMap(({ nodePort }) => nodePort || []))
  const known = new Map(old.ports.map(({ name = '', nodePort = 0 }) => [name, nodePort]))
  draft.ports = draft.ports.map((port) => {
    const nodePort = known.get(port.name ?? '') ?? 0
    return port.nodePort || nodePort === 0 || asked.has(nodePort) ? port : { ...port, nodePort }
  })
}
