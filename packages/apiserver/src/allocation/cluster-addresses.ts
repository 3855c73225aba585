import type { ServiceCIDR } from '@kube-bonsai/api-types/networking/v1'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Random } from '@kube-bonsai/clock'
import type { Storage, StorageWatch } from '@kube-bonsai/storage'
import { AddressRange } from './address-range.ts'
import { AllocationError } from './failure.ts'
import { follow } from './follow.ts'

const rangesPrefix = '/registry/networking.k8s.io/servicecidrs/'
const addressesPrefix = '/registry/networking.k8s.io/ipaddresses/'

/** Whose address it is. */
export interface AddressHolder {
  readonly namespace: string
  readonly name: string
}

/** The IPAddress objects, which are what decides whether an address is taken. */
export interface AddressObjects {
  /** False when there is one for the address already. */
  create(address: string, family: string, holder: AddressHolder): Promise<boolean>
  /** Harmless when there is none. */
  remove(address: string): Promise<void>
}

/**
 * The addresses that services can have: those of the server's own ranges, and of all ServiceCIDRs that are ready (KEP-1880).
 * @see pkg/registry/core/service/ipallocator/cidrallocator.go
 */
export class ClusterAddresses {
  /** The server's own ranges, the one of the first family first. */
  readonly ranges: readonly AddressRange[]
  readonly #random: Random
  readonly #objects: AddressObjects
  readonly #others: Map<string, readonly AddressRange[]> = new Map()
  /** Names of the objects, so that a draw need not try what is taken. */
  readonly #taken: Set<string> = new Set()
  readonly #ready: Promise<readonly StorageWatch[]>

  /** @param ranges one or two networks in CIDR notation, parted by a comma; throws a RangeError for anything else */
  constructor(storage: Storage<KubeObject>, random: Random, ranges: string, objects: AddressObjects) {
    this.ranges = ranges.split(',').map((text) => new AddressRange(text.trim()))
    const [first, second] = this.ranges
    if (this.ranges.length > 2 || first?.family === second?.family)
      throw new RangeError(`invalid service ranges ${ranges}: give one, or one of each IP family`)
    this.#random = random
    this.#objects = objects
    this.#ready = Promise.all([
      follow(storage, rangesPrefix, (name, object) => this.#noteRange(name, object as ServiceCIDR | undefined)),
      follow(storage, addressesPrefix, (name, object) => {
        if (object) this.#taken.add(name)
        else this.#taken.delete(name)
      }),
    ])
  }

  /** What services can have addresses of; the first is what they get that ask for nothing. */
  get families(): readonly string[] {
    return this.ranges.map(({ family }) => family)
  }

  async isTaken(address: string): Promise<boolean> {
    await this.#ready
    return this.#taken.has(address)
  }

  /** Takes an address. Throws an AllocationError when that cannot be. A dry run only looks whether it is in the range. */
  async allocate(family: string, address: string, holder: AddressHolder, dryRun: boolean): Promise<void> {
    await this.#ready
    const ranges = this.#rangesOf(family)
    if (dryRun) {
      const [first] = ranges
      if (first?.contains(address) !== false) return
      const valid = `The range of valid IPs is ${first.text}`
      throw new AllocationError('outside', `the provided IP (${address}) is not in the valid range. ${valid}`)
    }
    if (!ranges.some((range) => range.contains(address)))
      throw new AllocationError('mismatched', 'the provided network does not match the current range')
    if (!(await this.#take(address, family, holder)))
      throw new AllocationError('allocated', 'provided IP is already allocated')
  }

  /** Takes any address; a dry run is answered with that of the network. Throws an AllocationError when all are taken. */
  async allocateNext(family: string, holder: AddressHolder, dryRun: boolean): Promise<string> {
    await this.#ready
    for (const range of this.#rangesOf(family)) {
      if (dryRun) return range.network
      for (const address of range.draw(this.#random))
        if (!this.#taken.has(address) && (await this.#take(address, family, holder))) return address
    }
    throw new AllocationError('full', 'range is full')
  }

  async release(addresses: Iterable<string>): Promise<void> {
    for (const address of addresses) await this.#objects.remove(address)
  }

  /** Stops following the store. */
  async close(): Promise<void> {
    for (const watch of await this.#ready) watch.cancel()
  }

  async #take(address: string, family: string, holder: AddressHolder): Promise<boolean> {
    this.#taken.add(address)
    return this.#objects.create(address, family, holder)
  }

  #rangesOf(family: string): readonly AddressRange[] {
    const own = this.ranges.filter((range) => range.family === family)
    const known = new Set(own.map(({ text }) => text))
    const others = [...this.#others.values()].flat()
    return [...own, ...others.filter((range) => range.family === family && !known.has(range.text))]
  }

  #noteRange(name: string, object: ServiceCIDR | undefined): void {
    const ready = object?.status?.conditions?.find(({ type }) => type === 'Ready')
    const usable = object !== undefined && object.metadata.deletionTimestamp === undefined && ready?.status !== 'False'
    if (usable)
      this.#others.set(
        name,
        (object.spec?.cidrs ?? []).map((text) => new AddressRange(text)),
      )
    else this.#others.delete(name)
  }
}
