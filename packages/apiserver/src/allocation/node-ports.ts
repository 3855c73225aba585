import type { Random } from '@kube-bonsai/clock'
import { AllocationError } from './failure.ts'
import type { PortRange } from './port-range.ts'

/** Ports that a service holds on every node, and since which revision it does. */
interface Holding {
  readonly ports: readonly number[]
  readonly revision: number
}

/** Which node ports are taken: by stored services, and by writes that are under way. */
export class NodePorts {
  readonly range: PortRange
  readonly #random: Random
  readonly #holdings: Map<string, Holding> = new Map()
  readonly #counts: Map<number, number> = new Map()
  readonly #reserved: Set<number> = new Set()

  constructor(range: PortRange, random: Random) {
    this.range = range
    this.#random = random
  }

  has(port: number): boolean {
    return this.#reserved.has(port) || this.#counts.has(port)
  }

  /** Takes a port. Throws an AllocationError when it is taken or out of range. */
  reserve(port: number): void {
    if (!this.range.contains(port)) {
      const text = `provided port is not in the valid range. The range of valid ports is ${this.range.text}`
      throw new AllocationError('outside', text)
    }
    if (this.has(port)) throw new AllocationError('allocated', 'provided port is already allocated')
    this.#reserved.add(port)
  }

  /** Takes any port. Throws an AllocationError when none is free. */
  reserveAny(): number {
    for (const port of this.range.draw(this.#random)) {
      if (this.has(port)) continue
      this.#reserved.add(port)
      return port
    }
    throw new AllocationError('full', 'range is full')
  }

  /** Gives back what a write reserved; what it stored is held by then. */
  unreserve(ports: Iterable<number>): void {
    for (const port of ports) this.#reserved.delete(port)
  }

  /** Notes what a stored service holds; older news than what is known is none. */
  hold(key: string, ports: readonly number[], revision: number): void {
    const before = this.#holdings.get(key)
    if (before && before.revision > revision) return
    for (const port of before?.ports ?? []) this.#count(port, -1)
    for (const port of ports) this.#count(port, 1)
    if (ports.length > 0) this.#holdings.set(key, { ports, revision })
    else this.#holdings.delete(key)
  }

  #count(port: number, by: 1 | -1): void {
    const next = (this.#counts.get(port) ?? 0) + by
    if (next <= 0) this.#counts.delete(port)
    else this.#counts.set(port, next)
  }
}

/** The ports that one write takes, given back when it fails. A dry run takes none. */
export class PortOperation {
  readonly #ports: NodePorts
  readonly #dryRun: boolean
  readonly #taken: number[] = []

  constructor(ports: NodePorts, dryRun: boolean) {
    this.#ports = ports
    this.#dryRun = dryRun
  }

  allocate(port: number): void {
    if (!this.#dryRun) this.#ports.reserve(port)
    else if (this.#ports.has(port) || this.#taken.includes(port))
      throw new AllocationError('allocated', 'provided port is already allocated')
    this.#taken.push(port)
  }

  /** A free port; in a dry run a number that no port has, as upstream answers. */
  allocateNext(): number {
    const last = this.#taken.length > 0 ? Math.max(0, ...this.#taken) : 32_768
    const port = this.#dryRun ? last + 1 : this.#ports.reserveAny()
    this.#taken.push(port)
    return port
  }

  finish(): void {
    if (!this.#dryRun) this.#ports.unreserve(this.#taken)
  }
}
