import type { Container } from '@kube-bonsai/api-types/core/v1'
import { Quantity } from '@kube-bonsai/quantity'
import type { Resizing } from './memory-decrease.ts'

type Resources = NonNullable<Container['resources']>

/** One change of a running container: the id, and everything that is in force after it. */
export interface ResourceUpdate {
  readonly id: string
  readonly resources: Resources
}

/**
 * The steps that bring running containers to what was allocated: memory before cpu, and of each what falls, the last
 * container first, before what rises.
 */
export function updatesInOrder(resizing: readonly Resizing[]): readonly ResourceUpdate[] {
  const inForce = new Map(resizing.map(({ record }) => [record.id, record.resources ?? {}]))
  const updates: ResourceUpdate[] = []
  for (const resource of ['memory', 'cpu']) {
    const directed = resizing.map((each) => ({ each, direction: directionOf(each, resource) }))
    const falling = directed.filter(({ direction }) => direction < 0).reverse()
    const rising = directed.filter(({ direction }) => direction > 0)
    for (const { each } of [...falling, ...rising]) {
      const { id } = each.record
      const resources = merged(inForce.get(id) ?? {}, each.container.resources ?? {}, resource)
      inForce.set(id, resources)
      updates.push({ id, resources })
    }
  }
  return updates
}

/** Below 0 when it falls; the limit decides, and the request where the limit stays. */
function directionOf({ container, record }: Resizing, resource: string): number {
  for (const side of ['limits', 'requests'] as const) {
    const [wanted, actual] = [container.resources?.[side]?.[resource], record.resources?.[side]?.[resource]]
    const order = amount(wanted).cmp(amount(actual))
    if (order !== 0) return order
  }
  return 0
}

const zero = Quantity.parse('0')
const amount = (value: string | number | undefined): Quantity =>
  value === undefined ? zero : Quantity.parse(String(value))

/** What is in force, with one resource as it was allocated. */
function merged(actual: Resources, wanted: Resources, resource: string): Resources {
  const side = (name: 'requests' | 'limits') => {
    const { [resource]: _before, ...rest } = actual[name] ?? {}
    const value = wanted[name]?.[resource]
    const all = { ...rest, ...(value !== undefined && { [resource]: value }) }
    return Object.keys(all).length === 0 ? {} : { [name]: all }
  }
  const { requests: _requests, limits: _limits, ...rest } = actual
  return { ...rest, ...side('requests'), ...side('limits') }
}
