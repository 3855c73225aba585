import { encodeKyaml, encodeYaml, formatKyaml, KyamlEncodeError, printKyaml } from '@kube-bonsai/kyaml'
import { describe, expect, test } from 'vitest'

describe('encodeKyaml', () => {
  test('maps over several lines, keys sorted, lists of maps cuddled', () => {
    expect(encodeKyaml({ spec: { ports: [{ port: 80 }, { port: 443 }] }, args: ['-v', 2], none: {} })).toBe(
      [
        '{',
        '  args: [',
        '    "-v",',
        '    2,',
        '  ],',
        '  none: {},',
        '  spec: {',
        '    ports: [{',
        '      port: 80,',
        '    }, {',
        '      port: 443,',
        '    }],',
        '  },',
        '}',
      ].join('\n'),
    )
  })

  test.each(['no', 'NULL', 'y', '1_000', '0x1F', '1e3', 'inf', '2024-1-2', '', 'a b', '-a', '0x1p-2'])(
    'quotes the key %j',
    (key) => {
      expect(encodeKyaml({ [key]: 1 }, { compact: true })).toBe(`{${JSON.stringify(key)}: 1}`)
    },
  )

  test.each(['e', 'true1', 'app-x', 'a.b/c', 'é', '1e400', '2024-13-1', '0xffffffffffffffff'])(
    'leaves the key %j',
    (key) => {
      expect(encodeKyaml({ [key]: 1 }, { compact: true })).toBe(`{${key}: 1}`)
    },
  )

  test('a string of several lines is folded, leading space kept', () => {
    expect(encodeKyaml({ a: 'x\n  y\n\tz' })).toBe(
      ['{', '  a: "\\', '     x\\n\\', '    \\  y\\n\\', '    \\\tz\\', '    ",', '}'].join('\n'),
    )
  })

  test('escapes', () => {
    expect(encodeKyaml('"\\\u0000\u0007\u001b\u00a0\u2028\u200b\u{e000}é\u{1f600}', { compact: true })).toBe(
      '"\\"\\\\\\0\\a\\e\\_\\L\\u200b\\ue000é\u{1f600}"',
    )
  })

  test('kubectl wants apiVersion or kind', () => {
    expect(() => printKyaml({ a: 1 })).toThrow('missing apiVersion or kind')
    expect(printKyaml({ kind: 'List' }, { compact: true })).toBe('---\n{kind: "List"}\n')
  })

  test.each([
    ['\u007f', 'control-character'],
    [Number.NaN, 'not-json'],
    [Number.POSITIVE_INFINITY, 'not-json'],
    [() => 1, 'not-json'],
    [{ 'a\u0085b': 1 }, 'key-break'],
    [{ ['a'.repeat(1023)]: 1 }, 'key-length'],
    [{ ['<'.repeat(171)]: 1 }, 'key-length'],
  ])('refuses %j', (value, kind) => {
    expect(() => encodeKyaml(value)).toThrow(expect.objectContaining({ kind }))
  })

  test('refuses what contains itself', () => {
    const value: Record<string, unknown> = {}
    value['self'] = value
    expect(() => encodeKyaml(value)).toThrow(KyamlEncodeError)
    expect(() => encodeYaml(value)).toThrow(KyamlEncodeError)
  })
})

describe('encodeYaml', () => {
  test('prints as kubectl -o yaml', () => {
    const value = {
      z10: 1,
      z9: [{ a: null }],
      on: 'yes',
      text: 'a\nb\n',
      at: '1:30',
      empty: [],
      big: 12345678901234567890n,
    }
    expect(encodeYaml(value)).toBe(
      'at: "1:30"\nbig: 12345678901234567890\nempty: []\n"on": "yes"\ntext: |\n  a\n  b\nz9:\n- a: null\nz10: 1\n',
    )
  })

  test('wraps long lines', () => {
    expect(encodeYaml({ a: 'word '.repeat(20).trim() })).toBe(
      `a: ${'word '.repeat(16).trim()}\n  ${'word '.repeat(4).trim()}\n`,
    )
  })
})

describe('formatKyaml', () => {
  test('keeps comments, order and the spelling of numbers; expands aliases', () => {
    expect(formatKyaml('# top\n\n# head\nb: 0o14 # line\na: &x [1.0, ~]\nc: *x\n# foot\n')).toBe(
      [
        '---',
        '# top',
        '{',
        '  # head',
        '  b: 0o14, # line',
        '  a: [',
        '    1.0,',
        '    ~,',
        '  ],',
        '  c: [',
        '      1.0,',
        '      ~,',
        '    ],',
        '  # foot',
        '}',
        '',
      ].join('\n'),
    )
  })

  test('a comment at the very end, without line break, belongs to the innermost map', () => {
    expect(formatKyaml('a:\n  b: 1\n# c')).toBe('---\n{\n  a: {\n    b: 1,\n    # c\n  },\n}\n')
  })

  test('refuses tags that KYAML cannot show', () => {
    expect(() => formatKyaml('a: !!binary aGk=')).toThrow('unknown tag "!!binary" on scalar node "aGk="')
  })

  test.each(['a: &a [*a]', 'a: [', 'a: *b'])('refuses %j', (text) => {
    expect(() => formatKyaml(text)).toThrow(expect.objectContaining({ name: 'YamlError' }))
  })
})
