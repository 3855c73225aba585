import type { Pod } from '@kube-bonsai/api-types/core/v1'

interface HostPort {
  readonly protocol: string
  readonly ip: string
  readonly port: number
}

const anyAddress = '0.0.0.0'

/** The ports of the node that a pod takes: those of its containers and of its sidecars. */
function hostPorts(pod: Pod): readonly HostPort[] {
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  return [...(pod.spec?.containers ?? []), ...sidecars].flatMap(({ ports = [] }) =>
    ports.flatMap(({ protocol = 'TCP', hostIP, hostPort = 0 }) =>
      hostPort > 0 ? [{ protocol, ip: hostIP || anyAddress, port: hostPort }] : [],
    ),
  )
}

/** True when two pods want the same port of the node, on the same address or with one of them on all addresses. */
export function portsConflict(left: Pod, right: Pod): boolean {
  const taken = hostPorts(right)
  if (taken.length === 0) return false
  return hostPorts(left).some(({ protocol, ip, port }) =>
    taken.some(
      (other) =>
        other.port === port &&
        other.protocol === protocol &&
        (other.ip === ip || other.ip === anyAddress || ip === anyAddress),
    ),
  )
}
