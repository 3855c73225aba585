import type { Service } from '@kube-bonsai/api-types/core/v1'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Random } from '@kube-bonsai/clock'
import type { Storage, StorageWatch } from '@kube-bonsai/storage'

const prefix = '/registry/core/services/'
const firstPort = 30_000
const portCount = 2768

/**
 * Cluster IPs and node ports that services hold. What is taken follows from the stored services, so that a server that starts
 * on a store knows it too.
 */
export class ServiceAllocator {
  readonly #random: Random
  readonly #base: number
  readonly #size: number
  readonly #addresses: Map<string, number> = new Map()
  readonly #ports: Map<number, number> = new Map()
  readonly #ready: Promise<void>
  #closed = false
  #watch: StorageWatch | undefined

  /** @param range an IPv4 range such as `10.96.0.0/12`; anything else throws a RangeError */
  constructor(storage: Storage<KubeObject>, random: Random, range: string) {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(range)
    const bits = Number(match?.[5])
    if (!match || bits < 8 || bits > 28)
      throw new RangeError(`unsupported: service range ${range}, give an IPv4 range from /8 to /28`)
    this.#base = match.slice(1, 5).reduce((sum, part) => sum * 256 + Number(part), 0)
    this.#size = 2 ** (32 - bits)
    this.#random = random
    this.#ready = storage.range({ prefix }).then((page) => {
      for (const { value } of page.items) this.#count(value as Service, 1)
      if (this.#closed) return
      this.#watch = storage.watch({
        prefix,
        fromRevision: page.revision + 1,
        onEvents: (events) => {
          for (const { type, kv, previous } of events) {
            if (previous) this.#count(previous.value as Service, -1)
            if (type === 'put') this.#count(kv.value as Service, 1)
          }
        },
      })
    })
  }

  /** Stops following the store. */
  close(): void {
    this.#closed = true
    this.#watch?.cancel()
  }

  /** The address of the service `kubernetes`: the first of the range. */
  get first(): string {
    return this.#format(1)
  }

  async hasAddress(address: string): Promise<boolean> {
    await this.#ready
    return this.#addresses.has(address)
  }

  contains(address: string): boolean {
    const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
    return value > this.#base && value < this.#base + this.#size - 1
  }

  /** A free address, drawn from the upper part of the range as upstream does first; undefined when all are taken. */
  async address(): Promise<string | undefined> {
    await this.#ready
    const reserved = Math.min(256, Math.max(16, Math.trunc(this.#size / 16)))
    const count = this.#size - reserved - 1
    const start = this.#random.int(count)
    for (let step = 0; step < count; step++) {
      const address = this.#format(reserved + ((start + step) % count))
      if (!this.#addresses.has(address)) return address
    }
    return undefined
  }

  async hasPort(port: number): Promise<boolean> {
    await this.#ready
    return this.#ports.has(port)
  }

  /** A free node port other than those in `taken`; undefined when none is left. */
  async port(taken: ReadonlySet<number>): Promise<number | undefined> {
    await this.#ready
    const start = this.#random.int(portCount)
    for (let step = 0; step < portCount; step++) {
      const port = firstPort + ((start + step) % portCount)
      if (!this.#ports.has(port) && !taken.has(port)) return port
    }
    return undefined
  }

  #format(offset: number): string {
    const value = this.#base + offset
    return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) & 255).join('.')
  }

  #count(service: Service, by: 1 | -1): void {
    const bump = <K>(counts: Map<K, number>, key: K) => {
      const next = (counts.get(key) ?? 0) + by
      if (next <= 0) counts.delete(key)
      else counts.set(key, next)
    }
    const { clusterIPs = [], ports = [], healthCheckNodePort } = service.spec ?? {}
    for (const address of clusterIPs) if (address !== 'None') bump(this.#addresses, address)
    for (const { nodePort } of ports) if (nodePort) bump(this.#ports, nodePort)
    if (healthCheckNodePort) bump(this.#ports, healthCheckNodePort)
  }
}
