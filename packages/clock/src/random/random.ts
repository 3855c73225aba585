import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { Random } from '../clock.ts'
import { hashText, initialState, type State } from './hash.ts'

/** Kubernetes leaves out vowels and what looks like them, so that a generated name is never a word. */
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

const hex8 = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')

class SeededRandom implements Random {
  readonly #state: State
  readonly #generator: ReturnType<typeof xoroshiro128plusFromState>

  constructor(state: State) {
    this.#state = state
    this.#generator = xoroshiro128plusFromState(state)
  }

  int(bound: number): number {
    if (!Number.isSafeInteger(bound) || bound <= 0) {
      throw new RangeError(`bound must be a positive safe integer, got ${bound}`)
    }
    return bound === 1 ? 0 : uniformInt(this.#generator, 0, bound - 1)
  }

  suffix(length: number): string {
    let text = ''
    while (text.length < length) text += suffixAlphabet.charAt(this.int(suffixAlphabet.length))
    return text
  }

  uuid(): string {
    const next = (): string => hex8(this.#generator.next())
    const [a, b, c, d] = [next(), next(), next(), next()]
    // RFC 4122: version 4 in the 13th digit, variant 10 in the two high bits of the 17th.
    const variant = '89ab'.charAt(Number.parseInt(c.charAt(0), 16) & 3)
    // Joined, not concatenated: engines keep the pieces of a concatenation, and these texts live as long as objects do.
    return [a, b.slice(0, 4), `4${b.slice(5)}`, `${variant}${c.slice(1, 4)}`, `${c.slice(4)}${d}`].join('-')
  }

  fork(label: string): Random {
    return new SeededRandom(hashText(label, this.#state))
  }
}

/**
 * A generator that gives the same sequence for the same seed (42 and '42' are one seed). Not for secrets.
 * Throws a RangeError when the seed is NaN or infinite.
 */
export function createRandom(seed: number | string): Random {
  if (typeof seed === 'number' && !Number.isFinite(seed)) throw new RangeError(`a seed must be finite, got ${seed}`)
  return new SeededRandom(hashText(String(seed), initialState))
}
