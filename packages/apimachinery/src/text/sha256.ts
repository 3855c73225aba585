const primes = 64

/** The first words of the fractions of square or cube roots of the primes, which the algorithm is made of. */
function rootWords(power: number, count: number): Uint32Array {
  const words = new Uint32Array(count)
  let found = 0
  for (let candidate = 2; found < count; candidate++) {
    let prime = true
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false
    if (prime) {
      const root = candidate ** power
      words[found++] = (root - Math.floor(root)) * 2 ** 32
    }
  }
  return words
}

const constants = rootWords(1 / 3, primes)
const start = rootWords(1 / 2, 8)
const word = (words: Uint32Array, index: number): number => words[index] ?? 0
const rotate = (value: number, by: number): number => (value >>> by) | (value << (32 - by))

/** The SHA-256 of bytes, at once: the host's own gives it later, which listings cannot wait for. @see FIPS 180-4 */
export function sha256(bytes: Uint8Array): Uint8Array {
  const blocks = Math.ceil((bytes.length + 9) / 64)
  const padded = new Uint8Array(blocks * 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor((bytes.length * 8) / 2 ** 32))
  view.setUint32(padded.length - 4, bytes.length * 8)
  const state = Uint32Array.from(start)
  for (let block = 0; block < blocks; block++) mix(state, view, block * 64)
  const result = new DataView(new ArrayBuffer(32))
  state.forEach((value, index) => {
    result.setUint32(index * 4, value)
  })
  return new Uint8Array(result.buffer)
}

function mix(state: Uint32Array, view: DataView, offset: number): void {
  const schedule = new Uint32Array(primes)
  for (let i = 0; i < 16; i++) schedule[i] = view.getUint32(offset + i * 4)
  for (let i = 16; i < primes; i++) {
    const [one, two] = [word(schedule, i - 15), word(schedule, i - 2)]
    const low = rotate(one, 7) ^ rotate(one, 18) ^ (one >>> 3)
    const high = rotate(two, 17) ^ rotate(two, 19) ^ (two >>> 10)
    schedule[i] = word(schedule, i - 16) + low + word(schedule, i - 7) + high
  }
  const own = Uint32Array.from(state)
  for (let i = 0; i < primes; i++) {
    const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => word(own, index)) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    const first =
      h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + word(constants, i) + word(schedule, i)
    const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
    own.set([first + second, a, b, c, d + first, e, f, g])
  }
  state.forEach((value, index) => {
    state[index] = value + word(own, index)
  })
}
