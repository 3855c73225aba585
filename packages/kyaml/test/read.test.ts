import { parseDocument, prettify, readDocuments, YamlError, yamlToJson } from '@kube-bonsai/kyaml'
import { describe, expect, test } from 'vitest'

const codes = (text: string, options = {}): string[] =>
  readDocuments(text, options).flatMap(({ errors }) => errors.map(({ code }) => code))

describe('YAML 1.1 as Kubernetes reads it', () => {
  test.each([
    ['yes', true],
    ['n', false],
    ['off', false],
    ['012', 10],
    ['0o14', 12],
    ['0x1F', 31],
    ['0b101', 5],
    ['1_000', 1000],
    ['1e3', 1000],
    ['~', null],
    ['1:30', '1:30'],
    ['2024-01-02', '2024-01-02'],
    ['"yes"', 'yes'],
    ['!!str 12', '12'],
    ['!!float 1', 1],
    ['!!binary aGk=', 'hi'],
    ['=', '='],
  ])('%s', (text, value) => {
    expect(parseDocument(text)).toBe(value)
  })

  test('keys become strings', () => {
    expect(parseDocument('{1: a, 1.50: b, yes: c, 0x10: d}')).toEqual({ 1: 'a', '1.5': 'b', true: 'c', 16: 'd' })
  })

  test('integers keep their digits on the way to JSON', () => {
    expect(yamlToJson('b: 9223372036854775807\na: 18446744073709551615')).toBe(
      '{"a":18446744073709551615,"b":9223372036854775807}',
    )
  })

  test('what is merged later in the text wins', () => {
    expect(parseDocument('x: &x {a: 1, b: 2}\np: {<<: *x, b: 3}\nq: {b: 3, <<: *x}')).toMatchObject({
      p: { a: 1, b: 3 },
      q: { a: 1, b: 2 },
    })
  })

  test('lines of a quoted string may begin further left than the key', () => {
    expect(parseDocument('a:\n  b: "x\n\n y"\n')).toEqual({ a: { b: 'x\ny' } })
  })

  test('lines of a flow collection may begin further left than the key', () => {
    const text = 'a: {\nb: [ # ]\n"x]",\ny\n],\n}\nc:\n  d: [\n1\n]\n'
    expect(parseDocument(text)).toEqual({ a: { b: ['x]', true] }, c: { d: [1] } })
    expect(readDocuments(text)[0]?.positionOf('c.d[0]')).toMatchObject({ line: 9, column: 1 })
  })

  test.each([
    ['{a:, b: }', { 'a:': null, b: null }],
    ['{a:}', { 'a:': null }],
    ['[a:, [b:], "c":]', ['a:', ['b:'], { c: null }]],
    ['{a: b:, c: d}', { a: 'b:', c: 'd' }],
    ['{a\n :, b: 1}', { 'a :': null, b: 1 }],
    ['[a::, b]', ['a::', 'b']],
    ['[a: , b]', [{ a: null }, 'b']],
  ])('in brackets, a colon is a separator only before white space: %j', (text, value) => {
    expect(parseDocument(text)).toEqual(value)
  })

  test('an empty line after an escaped line break is a line break', () => {
    expect(parseDocument('"a\\\n\n  b"')).toBe('a\nb')
  })

  test('a block scalar at the end of a text without line break has none either', () => {
    expect(parseDocument('a: |\n  b')).toEqual({ a: 'b' })
  })
})

describe('documents', () => {
  test('several documents, with the place of each', () => {
    const documents = readDocuments('# first\na: 1\n---\n---\nb: 2\n', { file: 'x.yaml' })
    expect(documents.map(({ value, index, line, empty }) => ({ value, index, line, empty }))).toEqual([
      { value: { a: 1 }, index: 0, line: 2, empty: false },
      { value: null, index: 1, line: 3, empty: true },
      { value: { b: 2 }, index: 2, line: 5, empty: false },
    ])
  })

  test('several JSON values, one after another', () => {
    const documents = readDocuments('{"a": 1}\n{"b": [2]} {"c": 3}')
    expect(documents.map(({ value, format }) => [value, format])).toEqual([
      [{ a: 1 }, 'json'],
      [{ b: [2] }, 'json'],
      [{ c: 3 }, 'json'],
    ])
  })

  test('positions of fields, and of the deepest part there is', () => {
    const [document] = readDocuments('spec:\n  containers:\n  - name: a\n    image: b\n')
    expect(document?.positionOf('spec.containers[0].image')).toMatchObject({ line: 4, column: 5, exact: true })
    expect(document?.positionOf(['spec', 'containers', 0])).toMatchObject({ line: 3, column: 5, exact: true })
    expect(document?.positionOf('spec.containers[0].ports[1]')).toMatchObject({ line: 3, column: 5, exact: false })
  })

  test('positions in JSON, with keys in brackets', () => {
    const [document] = readDocuments('{\n "metadata": {"labels": {"a.b/c": 1}}\n}')
    expect(document?.positionOf('metadata.labels[a.b/c]')).toMatchObject({ line: 2, column: 26, exact: true })
  })

  test('a text with nothing in it has no documents', () => {
    expect(readDocuments('')).toEqual([])
    expect(parseDocument('')).toBeUndefined()
  })
})

describe('errors', () => {
  test.each([
    ['a: [1', 'syntax'],
    ['a: b: c', 'syntax'],
    ['a: \u007f', 'syntax'],
    ['a: *x', 'unknown-anchor'],
    ['a: &a [*a]', 'recursive-alias'],
    ['a: !!int x', 'bad-tag'],
    ['<<: 1', 'bad-merge'],
    ['? [a]\n: 1', 'bad-key'],
    ['~: 1', 'bad-key'],
    ['a: .inf', 'not-json'],
    ['{"a\n": 1}', 'syntax'],
    [': 1', 'syntax'],
    ['"\\ud83d\\ude00" # no JSON', 'syntax'],
    ['a: &x.y 1', 'syntax'],
    ['a: "\\/"', 'syntax'],
    ['%YAML 1.2\n---\na: 1', 'syntax'],
    ['{a: http://b?c}', 'syntax'],
    ['[?a]', 'syntax'],
    ['[a, :b]', 'syntax'],
    ['[a #b\n:, c]', 'syntax'],
    ['[a, : b]', 'syntax'],
    ['{: 1}', 'syntax'],
    ['{a:[1]}', 'syntax'],
  ])('%j', (text, code) => {
    expect(codes(text)[0]).toBe(code)
  })

  test('duplicate keys only in strict mode, where the first one stays', () => {
    const text = 'a: 1\nb: 2\na: 3\n'
    expect(codes(text)).toEqual([])
    expect(parseDocument(text)).toEqual({ a: 3, b: 2 })
    const [document] = readDocuments(text, { strict: true })
    expect(document?.value).toEqual({ a: 1, b: 2 })
    expect(document?.errors).toMatchObject([{ code: 'duplicate-key', line: 3, column: 1, path: ['a'] }])
    expect(codes('{"a": 1, "a": 2}', { strict: true })).toEqual(['duplicate-key'])
  })

  test('an error shows its line', () => {
    const source = 'a: 1\nb: *nothing\n'
    const error = readDocuments(source, { file: 'x.yaml' })[0]?.errors[0]
    expect(error).toBeInstanceOf(YamlError)
    expect(error && prettify(error, source)).toBe(
      "x.yaml:2:4: unknown anchor 'nothing' referenced\n1 | a: 1\n2 | b: *nothing\n  |    ^",
    )
  })

  test.each(["{a: 'b' 'c'}", '{a: [1] [2]}', '{a: [1] 2}', "{a: 'b' [1]}", "['a' [1]]"])(
    'a comma is missing: %s',
    (text) => {
      expect(codes(text)[0]).toBe('syntax')
      expect(() => yamlToJson(text)).toThrow(YamlError)
    },
  )

  test('parseDocument throws the first error', () => {
    expect(() => parseDocument('a: *x\nb: *y')).toThrow("unknown anchor 'x' referenced")
  })

  test('infinity matters only where it stays', () => {
    expect(parseDocument('a: .inf\na: 1')).toEqual({ a: 1 })
  })

  test.each(['~', '18446744073709551615'])('a key without text, %s, matters only where it stays', (key) => {
    expect(parseDocument(`a: [{${key}: 1}]\na: 2`)).toEqual({ a: 2 })
    expect(parseDocument(`<<: {a: {${key}: 1}}\na: 2`)).toEqual({ a: 2 })
    expect(parseDocument(`x: &x {${key}: 1}\np: *x\nx: 1\np: 2`)).toEqual({ x: 1, p: 2 })
    expect(codes(`a: 2\na: {${key}: 1}`)).toEqual(['bad-key'])
    expect(codes(`1: {${key}: 1}\n"1": 2`)).toEqual(['bad-key'])
    expect(codes(`a: 1\na: {${key}: 1}`, { strict: true })).toContain('duplicate-key')
  })

  test('a key that is no number is no duplicate', () => {
    expect(codes('.nan: 1\n.nan: 2', { strict: true })).toEqual([])
  })
})

describe('hostile texts', () => {
  test.each([
    ['[', 20_000],
    ['{a: ', 20_000],
    ['- ', 10_000],
    ['? ', 10_000],
  ])('%j many times is too deep', (part, count) => {
    expect(codes(part.repeat(count))).toEqual(['too-deep'])
    expect(codes(`x: ${part.repeat(count)}`)[0]).toMatch(/too-deep|syntax/)
  })

  test('blocks too deep', () => {
    expect(codes(Array.from({ length: 10_000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'))).toEqual(['too-deep'])
  })

  test('brackets in strings are no depth', () => {
    expect(parseDocument(`a: "${'['.repeat(5000)}"`)).toEqual({ a: '['.repeat(5000) })
  })

  test('aliases of aliases', () => {
    const line = (name: string, of: string): string => `${name}: &${name} [${`*${of},`.repeat(9)}1]`
    const text = ['a: &a [1,1,1,1,1,1,1,1,1]', ...[...'bcdefghi'].map((name, i) => line(name, 'abcdefgh'.charAt(i)))]
    expect(codes(text.join('\n'))).toEqual(['excessive-aliasing'])
  })

  test('__proto__ is a key like any other', () => {
    for (const text of ['__proto__: {x: 1}', '{"__proto__": {"x": 1}}']) {
      const value = parseDocument(text) as object
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
      expect(Object.entries(value)).toEqual([['__proto__', { x: 1 }]])
    }
  })
})

describe('faults in the words of Kubernetes', () => {
  const told = (text: string): readonly string[] =>
    readDocuments(text, { strict: true })[0]?.errors.map(({ goMessage }) => goMessage) ?? []

  test.each([
    ['a:\n\tb: 1\n', 'line 2: found character that cannot start any token'],
    ['a: b: c', 'mapping values are not allowed in this context'],
    ['a: 1\n  b: 2\n', 'line 2: mapping values are not allowed in this context'],
    ['a: 1\n\tb: 2\n', 'line 2: found a tab character that violates indentation'],
    ['- name? a\n  image: b\n', 'line 2: mapping values are not allowed in this context'],
    ['a: [b]]\n', 'did not find expected key'],
    ['a: 1\nb\n', "line 3: could not find expected ':'"],
    ['a: [1,2\nb: 3\n', "line 1: did not find expected ',' or ']'"],
    ['a: "\\q"\n', 'found unknown escape character'],
    ['a: *b\n', "unknown anchor 'b' referenced"],
    ['a: \u0001\n', 'control characters are not allowed'],
    ['a: 1\nb: 2\na: 3\n', 'line 3: key "a" already set in map'],
    ['a:\n  x: 1\na:\n\n  x: 2\n', 'line 5: key "a" already set in map'],
  ])('%j', (text, message) => {
    expect(told(text)[0]).toBe(message)
  })
})
