import type { ServicePort } from '@kube-bonsai/api-types/core/v1'
import { FieldPath, invalid, newInternalError, StatusError } from '@kube-bonsai/apimachinery'
import { type Draft, needsHealthCheck, needsNodePorts, refusal } from './draft.ts'
import { AllocationError } from './failure.ts'
import type { PortOperation } from './node-ports.ts'

const portsPath = FieldPath.of('spec', 'ports')
const hasPorts = ({ type }: Draft) => type === 'NodePort' || type === 'LoadBalancer'

/**
 * Gives a service its node ports, and the one for health checks. Throws the 422 or 500 for what cannot be had.
 * @see pkg/registry/core/service/storage/alloc.go txnAllocNodePorts, txnUpdateNodePorts
 */
export function allocatePorts(draft: Draft, old: Draft | undefined, operation: PortOperation): void {
  if (hasPorts(draft)) {
    if (old === undefined) firstPorts(draft, operation)
    else changedPorts(draft, old, operation)
  }
  if (needsHealthCheck(draft) && !(old && needsHealthCheck(old))) allocateHealthCheck(draft, operation)
}

/** Ports with the same number, such as one for TCP and one for UDP, share a node port. */
function firstPorts(draft: Draft, operation: PortOperation): void {
  const wants = needsNodePorts(draft)
  const shared = new Map<number, number>()
  draft.ports = draft.ports.map((port, index) => {
    if (!port.nodePort && !wants) return port
    const given = shared.get(port.port)
    if (given === undefined) {
      const asked = draft.ports.find((other) => other.port === port.port && other.nodePort)?.nodePort
      if (asked) reserve(draft, index, asked, operation)
      const nodePort = asked || reserveAny(operation)
      shared.set(port.port, nodePort)
      return withNodePort(port, nodePort)
    }
    if (!port.nodePort) return withNodePort(port, given)
    if (port.nodePort !== given) reserve(draft, index, port.nodePort, operation)
    return port
  })
}

function changedPorts(draft: Draft, old: Draft, operation: PortOperation): void {
  const wants = needsNodePorts(draft)
  const held = new Set<number>(old.ports.flatMap(({ nodePort }) => nodePort || []))
  const seen = new Set<string>()
  draft.ports = draft.ports.map((port, index) => {
    if (!port.nodePort && !wants) return port
    if (port.nodePort && !held.has(port.nodePort)) {
      reserve(draft, index, port.nodePort, operation)
      held.add(port.nodePort)
    }
    const nodePort = port.nodePort || reserveAny(operation)
    const key = `{${port.protocol ?? ''} ${nodePort}}`
    if (seen.has(key)) throw StatusError.of({ reason: '', code: 500, message: `duplicate nodePort: ${key}` })
    seen.add(key)
    return withNodePort(port, nodePort)
  })
}

function allocateHealthCheck(draft: Draft, operation: PortOperation): void {
  const asked = draft.healthCheckNodePort
  try {
    if (asked === 0) draft.healthCheckNodePort = operation.allocateNext()
    else operation.allocate(asked)
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
    const what = asked === 0 ? 'a HealthCheck NodePort 0' : `requested HealthCheck NodePort ${asked}`
    throw newInternalError(`failed to allocate ${what}: ${error.message}`)
  }
}

function reserve(draft: Draft, index: number, nodePort: number, operation: PortOperation): void {
  try {
    operation.allocate(nodePort)
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
    throw refusal(draft, [invalid(portsPath.index(index).child('nodePort'), nodePort, error.message)])
  }
}

function reserveAny(operation: PortOperation): number {
  try {
    return operation.allocateNext()
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
    throw newInternalError(`failed to allocate a nodePort: ${error.message}`)
  }
}

function withNodePort(port: ServicePort, nodePort: number): ServicePort {
  return port.nodePort === nodePort ? port : { ...port, nodePort }
}
