/** Pod addresses of one node: the first free one of its range. The network's own and the bridge's address are left out. */
export class IpPool {
  readonly #prefix: string
  readonly #free: number[] = []
  #next = 2

  /** @param cidr a /24 such as `10.244.3.0/24`; anything else throws a RangeError. */
  constructor(cidr: string) {
    const match = /^(\d+\.\d+\.\d+)\.0\/24$/.exec(cidr)
    if (match?.[1] === undefined) throw new RangeError(`unsupported: pod range ${cidr}, give a /24`)
    this.#prefix = match[1]
  }

  /** The wanted address (a pod's own from before a restart), or a free one. Undefined when all are taken. */
  take(wanted?: string): string | undefined {
    if (wanted !== undefined) return this.#reserve(wanted)
    const last = this.#free.pop() ?? (this.#next < 255 ? this.#next++ : undefined)
    return last === undefined ? undefined : `${this.#prefix}.${last}`
  }

  #reserve(ip: string): string {
    const last = Number(ip.slice(this.#prefix.length + 1))
    for (; this.#next <= last; this.#next++) if (this.#next < last) this.#free.push(this.#next)
    const index = this.#free.indexOf(last)
    if (index >= 0) this.#free.splice(index, 1)
    return ip
  }

  release(ip: string): void {
    this.#free.push(Number(ip.slice(this.#prefix.length + 1)))
  }
}

/** The pod range of the node with this index, counted from 0: 10.244.0.0/24, 10.244.1.0/24 and so on. Throws a RangeError past 35,840 nodes. */
export function podRange(index: number): string {
  const [high, low] = [index >> 8, index & 255]
  if (high < 12) return `10.${244 + high}.${low}.0/24`
  if (high < 128) return `10.${116 + high}.${low}.0/24`
  throw new RangeError(`no pod range is left for node ${index}`)
}
