import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { Quantity } from '@kube-bonsai/quantity'

/** Which of a container's requests or limits is asked for. */
export interface ResourceField {
  readonly containerName?: string
  /** As in `limits.cpu`. */
  readonly resource: string
  readonly divisor?: unknown
}

/** Amounts by the name of their resource. */
export type Amounts = ReadonlyMap<string, Quantity>

const plain = new Set(['cpu', 'memory', 'ephemeral-storage'])

/**
 * A request or a limit in units of the divisor, rounded up: cores and bytes where none is given. A container without a limit has
 * what the node can give, without a request nothing. Throws an Error for a container or a resource that is none.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/api/v1/resource/helpers.go
 */
export function resourceField(pod: Pod, field: ResourceField, allocatable: Amounts, own?: Container): string {
  const { containerName = '', resource } = field
  const container = containerName === '' && own !== undefined ? own : find(pod, containerName)
  const dot = resource.indexOf('.')
  const [side, name] = [resource.slice(0, dot), resource.slice(dot + 1)]
  const isKnown = plain.has(name) || name.startsWith('hugepages-')
  if (!isKnown || (side !== 'limits' && side !== 'requests')) {
    throw new Error(`unsupported container resource : ${resource}`)
  }
  const given = container.resources?.[side]?.[name]
  const parsed = given === undefined ? undefined : Quantity.parse(String(given))
  return divided(name, amountOf(parsed, side, name, allocatable), Quantity.parse(String(field.divisor ?? '0')))
}

/** No limit, or one of nothing, is that of the node. */
function amountOf(given: Quantity | undefined, side: string, name: string, allocatable: Amounts): Quantity {
  const isMissing = given === undefined || (given.isZero() && plain.has(name))
  const zero = Quantity.parse('0')
  return (isMissing && side === 'limits' && plain.has(name) ? allocatable.get(name) : given) ?? zero
}

function find({ spec }: Pod, name: string): Container {
  const found = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].find((each) => each.name === name)
  if (found === undefined) throw new Error(`container ${name} not found`)
  return found
}

function divided(name: string, amount: Quantity, divisor: Quantity): string {
  const isOne = divisor.isZero()
  if (name === 'cpu') return String(ceilDivide(amount.milliValue(), isOne ? 1000n : divisor.milliValue()))
  return String(ceilDivide(amount.value(), isOne ? 1n : divisor.value()))
}

function ceilDivide(left: bigint, right: bigint): bigint {
  return right === 0n ? 0n : (left + right - 1n) / right
}
