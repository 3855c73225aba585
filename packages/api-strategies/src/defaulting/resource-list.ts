import { tryParseQuantity } from '@kube-bonsai/quantity'
import type { Fields } from '../meta/json.ts'

const milli = -3

/**
 * Rounds the amounts of a resource list up to thousandths. Amounts that are no quantities stay as they are.
 *
 * @returns the list itself when every amount was whole thousandths
 * @see pkg/apis/core/v1/defaults.go SetDefaults_ResourceList
 */
export function roundResourceList(list: Fields): Fields {
  let result: Record<string, unknown> | undefined
  for (const [name, amount] of Object.entries(list)) {
    if (typeof amount !== 'string' || plain.test(amount)) continue
    const parsed = tryParseQuantity(amount)
    if (!parsed.ok) continue
    const rounded = parsed.value.roundUp(milli).quantity.toString()
    if (rounded === amount) continue
    result ??= { ...list }
    result[name] = rounded
  }
  return result ?? list
}

/** Canonical amounts that cannot have a part below a thousandth. */
const plain = /^-?[0-9]+(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?$/
