import { readFileSync } from 'node:fs'
import { Quantity, QuantityParseError, tryParseQuantity } from '@kube-bonsai/quantity'
import { expect, test } from 'vitest'
import { describeQuantity } from './describe.ts'

interface Given {
  readonly s: string
  readonly other?: string
  readonly a: string
  readonly b: string
  readonly by?: string
  readonly json: unknown
  readonly start: string
  readonly op: string
  readonly value?: string
  readonly scale?: number
}

interface Recorded {
  readonly float64?: string
  readonly asInt64?: { readonly ok: boolean }
}

interface Case {
  readonly in: Given
  readonly out?: Recorded
  readonly error?: string
}

const casesOf = (name: string): readonly Case[] =>
  readFileSync(new URL(`golden/${name}.ndjson`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

function change(start: Quantity, { op, value = '0', scale = 0 }: Given): { quantity: Quantity; exact?: boolean } {
  const number = BigInt(value)
  switch (op) {
    case 'set':
      return { quantity: start.set(number) }
    case 'setMilli':
      return { quantity: start.setMilli(number) }
    case 'setScaled':
      return { quantity: start.setScaled(number, scale) }
    case 'roundUp':
      return start.roundUp(scale)
    case 'mul':
      return start.mul(number)
    case 'neg':
      return { quantity: start.neg() }
    case 'toDec':
      return { quantity: start.toDec() }
    case 'new':
      return { quantity: Quantity.of(number, 'DecimalSI', scale) }
    default:
      throw new Error(`no operation ${op}`)
  }
}

const compared = (a: Quantity, other: string): object => {
  const b = tryParseQuantity(other)
  return b.ok ? { cmp: a.cmp(b.value), equal: a.equal(b.value) } : { otherError: b.error.message }
}

const functions: Readonly<Record<string, (given: Given) => object>> = {
  parse: ({ s, other }) => {
    const quantity = Quantity.parse(s)
    return { ...describeQuantity(quantity), ...(other ? compared(quantity, other) : {}) }
  },
  add: ({ a, b }) => describeQuantity(Quantity.parse(a).add(Quantity.parse(b))),
  sub: ({ a, b }) => describeQuantity(Quantity.parse(a).sub(Quantity.parse(b))),
  cmp: ({ a, b, by }) => {
    const quantity = Quantity.parse(a)
    const whole = by === undefined ? {} : { cmpInt64: quantity.cmpInt64(BigInt(by)) }
    return { ...compared(quantity, b), ...whole }
  },
  fromJSON: ({ json }) => describeQuantity(Quantity.fromJSON(json)),
  set: (given) => {
    const { quantity, exact } = change(Quantity.parse(given.start), given)
    return { ...describeQuantity(quantity), ...(exact === undefined ? {} : { exact }) }
  },
}

// The recording has doubles as text, and a value beside `ok: false` that means nothing.
const expected = ({ out, error }: Case): object => {
  if (out === undefined) return { error }
  const float64 = out.float64 === undefined ? {} : { float64: Number(out.float64.replace('Inf', 'Infinity')) }
  return { ...out, ...float64, ...(out.asInt64?.ok === false ? { asInt64: { ok: false } } : {}) }
}

for (const [name, answer] of Object.entries(functions)) {
  test.each(casesOf(name))(`${name} $in as v1.35.4 answers`, (given) => {
    let actual: object
    try {
      actual = answer(given.in)
    } catch (error) {
      if (!(error instanceof QuantityParseError)) throw error
      actual = { error: error.message }
    }
    expect(actual).toEqual(expected(given))
  })
}
