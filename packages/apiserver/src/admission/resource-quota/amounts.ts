import { parseResources, type ResourceList, type Resources } from '@kube-bonsai/component-helpers'
import { Quantity } from '@kube-bonsai/quantity'

const zero: Quantity = Quantity.of(0)

/** `a` less `b`, but never below zero. */
export function lessUsed(a: Resources, b: Resources): Resources {
  const result = new Map<string, Quantity>()
  for (const [name, amount] of a) {
    const known = b.get(name)
    const rest = known === undefined ? amount : amount.sub(known)
    result.set(name, rest.sign() > 0 ? rest : zero)
  }
  return result
}

export function withoutZeros(amounts: Resources): Resources {
  return new Map([...amounts].filter(([, amount]) => !amount.isZero()))
}

/** Only the amounts of these names. */
export function masked(amounts: Resources, names: Iterable<string>): Resources {
  const wanted = new Set(names)
  return new Map([...amounts].filter(([name]) => wanted.has(name)))
}

export function sameAmounts(a: Resources, b: Resources): boolean {
  return a.size === b.size && [...a].every(([name, amount]) => b.get(name)?.cmp(amount) === 0)
}

/** As messages have them. */
export function printed(amounts: Resources): string {
  return [...amounts.keys()]
    .sort()
    .map((name) => `${name}=${amounts.get(name)}`)
    .join(',')
}

/** Amounts from the API, parsed. */
export function amountsOf(list: ResourceList | undefined): Resources {
  return parseResources(list)
}

export function count(number: number): Quantity {
  return Quantity.of(number)
}
