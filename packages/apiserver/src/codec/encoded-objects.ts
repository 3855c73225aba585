import type { WatchEvent } from '@kube-bonsai/apimachinery'

const encoder = new TextEncoder()

/** What objects were made into, as long as it is of use and fits: what was not asked for since twice the budget was filled is gone. */
export class Remembered<V> {
  readonly #budget: number
  readonly #sizeOf: (value: V) => number
  #young: WeakMap<object, V> = new WeakMap()
  #old: WeakMap<object, V> = new WeakMap()
  #size = 0

  /** @param budget how much may be kept in each of two generations, in the unit of `sizeOf` */
  constructor(budget: number, sizeOf: (value: V) => number) {
    this.#budget = budget
    this.#sizeOf = sizeOf
  }

  get(object: object): V | undefined {
    const young = this.#young.get(object)
    if (young !== undefined) return young
    const old = this.#old.get(object)
    if (old !== undefined) this.set(object, old)
    return old
  }

  set(object: object, value: V): void {
    this.#size += this.#sizeOf(value)
    if (this.#size > this.#budget) {
      this.#old = this.#young
      this.#young = new WeakMap()
      this.#size = this.#sizeOf(value)
    }
    this.#young.set(object, value)
  }
}

const mebibyte = 1024 * 1024

/**
 * The encodings of objects that never change, which are those of the store: a thousand watchers of one object cost one
 * encoding, and so does a list that is read again.
 */
export class EncodedObjects {
  readonly #texts = new Remembered<string>(64 * mebibyte, (text) => text.length)
  readonly #lines = new Remembered<Map<string, Uint8Array>>(mebibyte, () => 1024)
  readonly #frames = new Remembered<Map<string, Uint8Array>>(mebibyte, () => 1024)
  /** In protobuf. */
  readonly messages: KnownMessages = new KnownMessages()

  /** An object as JSON. */
  textOf(object: unknown): string {
    if (typeof object !== 'object' || object === null || !Object.isFrozen(object)) return JSON.stringify(object)
    const known = this.#texts.get(object)
    if (known !== undefined) return known
    const text = JSON.stringify(object)
    this.#texts.set(object, text)
    return text
  }

  /** One event as a line of JSON. */
  line({ type, object }: WatchEvent<unknown>): Uint8Array {
    return eventBytes(this.#lines, type, object, () =>
      encoder.encode(`{"type":${JSON.stringify(type)},"object":${this.textOf(object)}}\n`),
    )
  }

  /** One event in another form, made once. */
  frame(type: string, object: object, make: () => Uint8Array): Uint8Array {
    return eventBytes(this.#frames, type, object, make)
  }
}

/** Objects as messages of protobuf. What could still change is not kept. */
class KnownMessages {
  readonly #known = new Remembered<Uint8Array>(32 * mebibyte, (bytes) => bytes.length)

  get(object: object): Uint8Array | undefined {
    return this.#known.get(object)
  }

  set(object: object, bytes: Uint8Array): void {
    if (Object.isFrozen(object)) this.#known.set(object, bytes)
  }
}

function eventBytes(
  known: Remembered<Map<string, Uint8Array>>,
  type: string,
  object: unknown,
  make: () => Uint8Array,
): Uint8Array {
  if (typeof object !== 'object' || object === null) return make()
  const byType = known.get(object) ?? new Map<string, Uint8Array>()
  const found = byType.get(type)
  if (found !== undefined) return found
  const bytes = make()
  if (byType.size === 0) known.set(object, byType)
  byType.set(type, bytes)
  return bytes
}
