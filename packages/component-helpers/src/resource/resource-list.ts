import { Quantity } from '@kube-bonsai/quantity'

/** Amounts by resource name, parsed. Maps keep the order in which names came. */
export type Resources = ReadonlyMap<string, Quantity>

/** Amounts by resource name, as the API carries them. */
export interface ResourceList {
  readonly [name: string]: string | number
}

/** Parses the amounts of a list; an absent list is an empty one. Throws QuantityParseError. */
export function parseResources(list: ResourceList | undefined): Resources {
  const parsed = new Map<string, Quantity>()
  if (list === undefined) return parsed
  for (const name of Object.keys(list)) {
    const amount = list[name]
    if (amount !== undefined) parsed.set(name, Quantity.parse(String(amount)))
  }
  return parsed
}

/** The sum of two lists, name by name. */
export function addResources(left: Resources, right: Resources): Resources {
  if (right.size === 0) return left
  const sum = new Map(left)
  for (const [name, amount] of right) {
    const known = sum.get(name)
    sum.set(name, known === undefined ? amount : known.add(amount))
  }
  return sum
}

/** The larger of each name's amounts; of equal ones the first. */
export function maxResources(...lists: readonly Resources[]): Resources {
  const most = new Map<string, Quantity>()
  for (const list of lists) {
    for (const [name, amount] of list) {
      const known = most.get(name)
      if (known === undefined || amount.cmp(known) > 0) most.set(name, amount)
    }
  }
  return most
}

/** Back to what the API carries: canonical strings. */
export function formatResources(resources: Resources): ResourceList {
  return Object.fromEntries([...resources].map(([name, amount]) => [name, amount.toString()]))
}
