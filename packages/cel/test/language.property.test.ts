import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile, createEnvironment, fromJson, jsonOf, parseType } from '../src/index.ts'

const environment = createEnvironment({ variables: { x: parseType('dyn'), s: parseType('string') } })

const pieces = [
  'x',
  's',
  '1',
  "'a'",
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '.',
  ',',
  ':',
  '?',
  '+',
  '==',
  '&&',
  '!',
  '-',
  'in',
  ' ',
]

describe('the language', () => {
  it('answers with issues or an expression, whatever the text', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const compiled = compile(text, environment)
        if ('issues' in compiled) expect(compiled.issues).toMatch(/^ERROR: <input>:/)
        else expect(compiled.checked.expression).toBe(text)
      }),
    )
  })

  it('never costs more than its limit without saying so', () => {
    const compiled = compile('x.all(a, x.all(b, a == a || b == b))', environment)
    if ('issues' in compiled) throw new Error(compiled.issues)
    const program = compiled.checked.program()
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 20 }), fc.nat(500), (list, limit) => {
        const x = fromJson(list)
        const { value, cost } = program.evaluate((name) => (name === 'x' ? x : undefined), limit)
        if (cost > limit) expect(value).toEqual({ message: 'operation cancelled: actual cost limit exceeded' })
        else expect(value).toBe(true)
      }),
    )
  })

  it('gives JSON back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(jsonOf(fromJson(json))).toEqual(JSON.parse(JSON.stringify(json)))
      }),
    )
  })

  it('quotes a string so that it reads as the same string', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const compiled = compile(JSON.stringify(text), environment)
        if ('issues' in compiled) throw new Error(compiled.issues)
        expect(compiled.checked.program().evaluate(() => undefined).value).toBe(text)
      }),
    )
  })
})
