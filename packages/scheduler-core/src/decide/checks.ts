import type { Container, Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { Quantity } from '@kube-bonsai/quantity'
import { SnapshotError } from './snapshot-error.ts'

/** The most that can be counted exactly: 8 PiB, or as many thousandths of a CPU. */
const largest = Quantity.parse(String(Number.MAX_SAFE_INTEGER))
const largestCpu = Quantity.parse(`${Number.MAX_SAFE_INTEGER}m`)

/** Throws SnapshotError for a pod on a node that is not there. */
export function checkPlacement(pod: Pod, nodes: ReadonlySet<string>): void {
  const node = pod.spec?.nodeName
  if (!node || nodes.has(node)) return
  const object = describe('Pod', pod)
  throw new SnapshotError(`${object}: spec.nodeName: there is no Node ${JSON.stringify(node)} in the snapshot`, {
    object,
    field: 'spec.nodeName',
  })
}

/** Throws SnapshotError for amounts that no node can have. */
export function checkNode(node: Node): void {
  const object = describe('Node', node)
  checkAmounts(object, 'status.capacity', node.status?.capacity)
  checkAmounts(object, 'status.allocatable', node.status?.allocatable)
}

/** Throws SnapshotError for amounts that no pod can ask for. */
export function checkPod(pod: Pod): void {
  const object = describe('Pod', pod)
  const { spec } = pod
  checkAmounts(object, 'spec.overhead', spec?.overhead)
  checkAmounts(object, 'spec.resources.requests', spec?.resources?.requests)
  checkAmounts(object, 'spec.resources.limits', spec?.resources?.limits)
  const check = (list: string, containers: readonly Container[] | undefined) => {
    for (const [index, { resources }] of (containers ?? []).entries()) {
      if (resources === undefined) continue
      checkAmounts(object, `spec.${list}[${index}].resources.requests`, resources.requests)
      checkAmounts(object, `spec.${list}[${index}].resources.limits`, resources.limits)
    }
  }
  check('containers', spec?.containers)
  check('initContainers', spec?.initContainers)
}

function checkAmounts(object: string, path: string, amounts: Readonly<Record<string, unknown>> | undefined): void {
  if (amounts === undefined) return
  for (const [name, text] of Object.entries(amounts)) {
    const field = `${path}[${name}]`
    const refuse = (why: string) => {
      throw new SnapshotError(`${object}: ${field}: ${why}`, { object, field })
    }
    const amount = parsed(text)
    if (amount === undefined) refuse(`${JSON.stringify(text)} is no quantity`)
    else if (amount.sign() < 0) refuse(`must be greater than or equal to 0, it is ${String(text)}`)
    else if (amount.cmp(name === 'cpu' ? largestCpu : largest) > 0)
      refuse(`${String(text)} is more than can be counted exactly`)
  }
}

function describe(kind: string, { metadata }: Node | Pod): string {
  return metadata.namespace ? `${kind} ${metadata.namespace}/${metadata.name}` : `${kind} ${metadata.name}`
}

function parsed(text: unknown): Quantity | undefined {
  try {
    return Quantity.parse(String(text))
  } catch {
    return undefined
  }
}
