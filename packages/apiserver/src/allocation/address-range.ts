import {
  type CIDR,
  cidrContains,
  formatCIDR,
  formatIP,
  isIPv4,
  parseCIDRSloppy,
  parseIP,
} from '@kube-bonsai/apimachinery'
import type { Random } from '@kube-bonsai/clock'

/** The family of an address, as services name it. */
export type IPFamily = 'IPv4' | 'IPv6'

const [leastOffset, mostOffset, offsetStep] = [16, 256, 16]
const drawLimit = 2 ** 48

/**
 * The addresses of a network that services may have: neither the network's own nor, for IPv4, the broadcast address.
 * Draws come from its upper part while that has free ones, so that chosen addresses in the lower part seldom clash (KEP-3070).
 * @see pkg/registry/core/service/ipallocator/ipallocator.go
 */
export class AddressRange {
  /** Canonical CIDR notation. */
  readonly text: string
  readonly family: IPFamily
  readonly #cidr: CIDR
  readonly #first: bigint
  readonly #last: bigint
  readonly #offset: number

  /** @param text CIDR notation; throws a RangeError for anything else */
  constructor(text: string) {
    const cidr = parseCIDRSloppy(text)
    if (cidr === undefined)
      throw new RangeError(`invalid service range ${JSON.stringify(text)}: give a CIDR such as 10.96.0.0/12`)
    const { network, prefix } = cidr
    this.#cidr = cidr
    this.family = isIPv4(network) ? 'IPv4' : 'IPv6'
    this.text = formatCIDR(cidr)
    const size = 1n << BigInt(network.width - prefix)
    this.#first = network.bits + 1n
    this.#last = network.bits + size - (this.family === 'IPv4' ? 2n : 1n)
    this.#offset = size <= BigInt(leastOffset) ? 0 : clamp(size / BigInt(offsetStep), leastOffset, mostOffset)
  }

  /** The first address that a service may have: that of the service `kubernetes`. */
  get first(): string {
    return this.#format(this.#first)
  }

  /** The network's own address, which dry runs are answered with. */
  get network(): string {
    return this.#format(this.#cidr.network.bits)
  }

  contains(address: string): boolean {
    const parsed = parseIP(address)
    if (parsed === undefined || !cidrContains(this.#cidr, parsed)) return false
    return parsed.bits >= this.#first && parsed.bits <= this.#last
  }

  /** All addresses in the order in which a draw tries them: the upper part from a random start, then the lower part. */
  *draw(random: Random): Generator<string> {
    const middle = this.#first + BigInt(this.#offset)
    yield* this.#from(middle, this.#last, random)
    yield* this.#from(this.#first, middle - 1n, random)
  }

  *#from(first: bigint, last: bigint, random: Random): Generator<string> {
    const count = last - first + 1n
    if (count <= 0n) return
    const start = BigInt(random.int(Number(count < BigInt(drawLimit) ? count : BigInt(drawLimit))))
    for (let step = 0n; step < count; step++) yield this.#format(first + ((start + step) % count))
  }

  #format(bits: bigint): string {
    return formatIP({ ...this.#cidr.network, bits })
  }
}

function clamp(value: bigint, least: number, most: number): number {
  if (value < BigInt(least)) return least
  return value > BigInt(most) ? most : Number(value)
}
