import { jsonSyntaxError } from '@kube-bonsai/apimachinery'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test.each([
  ['', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['{"a":', 'unexpected end of JSON input'],
  ['{"a":1}x', "invalid character 'x' after top-level value"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
  ['[1 2]', "invalid character '2' after array element"],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['nul', 'unexpected end of JSON input'],
  ['nux', "invalid character 'x' in literal null (expecting 'l')"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\n"', "invalid character '\\n' in string literal"],
  ['01', "invalid character '1' after top-level value"],
  ['-', 'unexpected end of JSON input'],
  ['1.', 'unexpected end of JSON input'],
])('says of %j what Go says', (text, problem) => {
  expect(jsonSyntaxError(text)).toBe(problem)
})

test('finds a problem exactly in what is no JSON', () => {
  const text = fc.oneof(
    fc.json(),
    fc.tuple(fc.json(), fc.constantFrom('', 'x', ',', '}', ' ', ']')).map((parts) => parts.join('')),
    fc.string(),
  )
  const parses = (given: string) => {
    try {
      JSON.parse(given)
      return true
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(text, (given) => {
      expect(jsonSyntaxError(given) === undefined).toBe(parses(given))
    }),
  )
})
