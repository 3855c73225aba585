import type { Random } from '@kube-bonsai/clock'

/** A range of ports that services may have on every node. */
export class PortRange {
  readonly base: number
  readonly size: number
  /** How many ports at the beginning are drawn only when no other is free. */
  readonly #offset: number

  /** @param text `30000-32767`, `30000+100` or one port; throws a RangeError for anything else */
  constructor(text: string) {
    const [base, size] = readRange(text)
    this.base = base
    this.size = size
    this.#offset = size <= 16 ? 0 : Math.min(128, Math.max(16, Math.floor(size / 32)))
  }

  /** As messages have it. */
  get text(): string {
    return `${this.base}-${this.base + this.size - 1}`
  }

  contains(port: number): boolean {
    return port >= this.base && port < this.base + this.size
  }

  /** All ports in the order in which a draw tries them. @see pkg/registry/core/service/allocator/bitmap.go randomScanStrategyWithOffset */
  *draw(random: Random): Generator<number> {
    yield* scan(this.base + this.#offset, this.size - this.#offset, random)
    yield* scan(this.base, this.#offset, random)
  }
}

function* scan(first: number, count: number, random: Random): Generator<number> {
  if (count <= 0) return
  const start = random.int(count)
  for (let step = 0; step < count; step++) yield first + ((start + step) % count)
}

/** @see staging/src/k8s.io/apimachinery/pkg/util/net/port_range.go */
function readRange(text: string): readonly [number, number] {
  const match = /^\s*(\d+)\s*(?:([-+])\s*(\d+)\s*)?$/.exec(text)
  const first = Number(match?.[1])
  const second = Number(match?.[3] ?? first)
  const last = match?.[2] === '+' ? Math.min(65_535, first + second) : second
  if (!match || first > 65_535 || last > 65_535 || last < first)
    throw new RangeError(`invalid port range ${JSON.stringify(text)}: give for example 30000-32767`)
  return [first, last - first + 1]
}
