import {
  encodeKyaml,
  encodeYaml,
  formatKyaml,
  parseDocument,
  readDocuments,
  YamlError,
  yamlToJson,
} from '@kube-bonsai/kyaml'
import fc from 'fast-check'
import { test } from 'vitest'

// Kubernetes prints JSON by way of a YAML parser: control characters fail, U+0085 folds, and keys have a length.
const printable = (text: string): boolean => !/[\u007f-\u009f\ufffe\uffff\p{Surrogate}]/u.test(text)
const tricky = fc.constantFrom(
  'no',
  'y',
  '012',
  '0o14',
  '1_000',
  '1:30',
  '2024-1-2',
  '~',
  '.inf',
  '-',
  '# c',
  'a: b',
  ' x',
  '',
)
const text = fc.oneof(tricky, fc.string({ unit: 'binary' }), fc.string()).filter(printable)
const key = text.filter((one) => one !== '<<')
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((n) => (n === 0 ? 0 : n))

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}))

const sameJson = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

function canonical(node: unknown): string {
  if (typeof node !== 'object' || node === null) return JSON.stringify(node)
  if (Array.isArray(node)) return `[${node.map(canonical).join()}]`
  const entries = Object.entries(node).map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`)
  return `{${entries.sort().join()}}`
}

test('KYAML always reads back as the value it was made from', () => {
  fc.assert(
    fc.property(value, fc.boolean(), (data, compact) =>
      sameJson(parseDocument(encodeKyaml(data, { compact, document: true })), data),
    ),
  )
})

test('YAML always reads back as the value it was made from', () => {
  fc.assert(fc.property(value, (data) => sameJson(parseDocument(encodeYaml(data)), data)))
})

test('JSON always reads as JSON.parse reads it', () => {
  fc.assert(fc.property(value, (data) => sameJson(parseDocument(JSON.stringify(data)), data)))
})

test('yamlToJson of KYAML is always the canonical JSON of the value', () => {
  fc.assert(fc.property(value, (data) => sameJson(JSON.parse(yamlToJson(encodeKyaml(data))), data)))
})

test('formatting KYAML never changes it', () => {
  fc.assert(
    fc.property(value, fc.boolean(), (data, compact) => {
      const once = encodeKyaml(data, { compact, document: true })
      return formatKyaml(once, { compact }) === once
    }),
  )
})

test('compact KYAML always has two line breaks, after the header and at the end', () => {
  fc.assert(fc.property(value, (data) => encodeKyaml(data, { compact: true, document: true }).split('\n').length === 3))
})

const fragments = fc.constantFrom(
  'a',
  ': ',
  '- ',
  '\n',
  '  ',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  "'",
  '#',
  '&x ',
  '*x',
  '!',
  '|',
  '---\n',
  '? ',
  '\t',
  '\u0000',
)

test('a reader never throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.array(fragments, { maxLength: 30 }), (parts) => {
      for (const document of readDocuments(parts.join(''), { strict: true })) document.positionOf('a.b[0]')
    }),
  )
})

test('formatting always ends, with a text or with a YamlError', () => {
  fc.assert(
    fc.property(fc.array(fragments, { maxLength: 30 }), (parts) => {
      try {
        formatKyaml(`# c\n${parts.join('')}`)
      } catch (error) {
        if (!(error instanceof YamlError)) throw error
      }
    }),
  )
})

test('formatting a formatted text never changes it', () => {
  fc.assert(
    fc.property(value, (data) => {
      const once = formatKyaml(`# head\n\n${encodeYaml(data)}# foot\n`)
      return formatKyaml(once).replaceAll(/^#.*\n/gm, '') === once.replaceAll(/^#.*\n/gm, '')
    }),
  )
})
