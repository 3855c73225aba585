import type { FieldPath } from '@kube-bonsai/apimachinery'
import { quote } from '@kube-bonsai/apimachinery'
import { type Fields, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import type { PlacedContainer } from '../validation/visit-containers.ts'

interface PlacedPort {
  readonly path: FieldPath
  readonly name: string
  readonly port: number
  readonly protocol: string
  readonly hostPort: number
  readonly hostIP: string
}

function portsOf(containers: readonly PlacedContainer[]): readonly PlacedPort[] {
  return containers.flatMap(({ container, path }) =>
    objectsOf(container['ports']).map((port, index) => placed(port, path.child('ports').index(index))),
  )
}

const placed = (port: Fields, path: FieldPath): PlacedPort => ({
  path,
  name: textOf(port['name']),
  port: numberOf(port['containerPort']),
  protocol: textOf(port['protocol']),
  hostPort: numberOf(port['hostPort']),
  hostIP: textOf(port['hostIP']),
})

/** Warns of ports of the same number and protocol that get in each other's way, whichever container has them. */
export function portWarnings(containers: readonly PlacedContainer[]): readonly string[] {
  const known = new Map<string, PlacedPort[]>()
  return portsOf(containers).flatMap((port) => {
    const key = `${port.port}/${port.protocol}`
    const others = known.get(key) ?? []
    known.set(key, others)
    const warnings = others.flatMap((other) => {
      const how = conflict(port, other)
      return how === undefined ? [] : [`${port.path}: ${how} port definition with ${other.path}`]
    })
    others.push(port)
    const alone = port.hostIP !== '' && port.hostPort === 0
    return alone ? [`${port.path}: hostIP set without hostPort: ${goText(port)}`, ...warnings] : warnings
  })
}

function conflict(port: PlacedPort, other: PlacedPort): string | undefined {
  if (port.hostIP === other.hostIP && port.hostPort === other.hostPort) return 'duplicate'
  if (port.hostPort === 0 || other.hostPort === 0) return 'overlapping'
  const oneIsAnywhere = (port.hostIP === '') !== (other.hostIP === '')
  return port.hostPort === other.hostPort && oneIsAnywhere ? 'dangerously ambiguous' : undefined
}

/** As Go prints the struct. */
function goText({ name, hostPort, port, protocol, hostIP }: PlacedPort): string {
  return `{Name:${name} HostPort:${hostPort} ContainerPort:${port} Protocol:${protocol} HostIP:${hostIP}}`
}

/** Warns of names that a port before has: whoever goes by the name reaches that one. */
export function portNameWarnings(containers: readonly PlacedContainer[]): readonly string[] {
  const known = new Map<string, FieldPath>()
  return portsOf(containers).flatMap(({ name, path }) => {
    if (name === '') return []
    const other = known.get(name)
    if (other === undefined) {
      known.set(name, path)
      return []
    }
    const what = `duplicate port name ${quote(name)} with ${other}`
    return [`${path}: ${what}, services and probes that select ports by name will use ${other}`]
  })
}
