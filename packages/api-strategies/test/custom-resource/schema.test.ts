import { FieldPath, formatFieldError } from '@kube-bonsai/apimachinery'
import { expect, test } from 'vitest'
import { correlate, schemaErrors } from '../../src/custom-resource/schema/check.ts'
import { applyDefaults, dropNulls } from '../../src/custom-resource/schema/defaults.ts'
import { hasFormat, isKnownFormat } from '../../src/custom-resource/schema/formats.ts'
import { listTypeErrors } from '../../src/custom-resource/schema/list-types.ts'
import { compileSchema } from '../../src/custom-resource/schema/node.ts'
import { compilePattern } from '../../src/custom-resource/schema/patterns.ts'
import { prune } from '../../src/custom-resource/schema/prune.ts'

const errorsOf = (schema: object, value: unknown, base?: FieldPath) =>
  schemaErrors(base, compileSchema(schema), value).map(formatFieldError)
const inside = (schema: object) => ({ type: 'object', properties: { a: schema } })

test.each<[string, object, unknown, readonly string[]]>([
  ['a limit', { type: 'integer', maximum: 3 }, 4, ['a: Invalid value: 4: a in body should be less than or equal to 3']],
  [
    'an exclusive limit',
    { type: 'number', minimum: 1.5, exclusiveMinimum: true },
    1.5,
    ['a: Invalid value: 1.5: a in body should be greater than 1.5'],
  ],
  ['a factor', { type: 'integer', multipleOf: 3 }, 7, ['a: Invalid value: 7: a in body should be a multiple of 3']],
  [
    'a short text',
    { type: 'string', minLength: 2 },
    'ü',
    ['a: Invalid value: "ü": a in body should be at least 2 chars long'],
  ],
  ['few items', { type: 'array', minItems: 1 }, [], ['a: Invalid value: 0: a in body should have at least 1 items']],
  ['many fields', { type: 'object', maxProperties: 1 }, { x: 1, y: 2 }, ['a: Too many: 2: must have at most 1 item']],
  ['a null', { type: 'string' }, null, ['a: Invalid value: "null": a in body must be of type string: "null"']],
  ['a nullable null', { type: 'string', nullable: true }, null, []],
  [
    'no alternative',
    { anyOf: [{ minimum: 5 }, { maximum: 1 }] },
    3,
    [
      '<nil>: Invalid value: "": "a" must validate at least one schema (anyOf)',
      'a: Invalid value: 3: a in body should be greater than or equal to 5',
    ],
  ],
  [
    'two alternatives',
    { oneOf: [{ minimum: 1 }, { minimum: 2 }] },
    3,
    ['<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
  ],
  [
    'what must not be',
    { not: { enum: ['x'] } },
    'x',
    ['<nil>: Invalid value: "": "a" must not validate the schema (not)'],
  ],
  ['a whole float as integer', { type: 'integer' }, 2, []],
  ['either type', { 'x-kubernetes-int-or-string': true }, 'x', []],
])('%s', (_, schema, value, errors) => {
  expect(errorsOf(inside(schema), { a: value })).toEqual(errors)
})

test('what an update leaves as it was may break a schema that came later', () => {
  const node = compileSchema(inside({ type: 'string', maxLength: 2 }))
  const check = (value: object, old: object) => schemaErrors(undefined, node, value, correlate(node, value, old))
  expect(check({ a: 'long' }, { a: 'long' })).toEqual([])
  expect(check({ a: 'long' }, { a: 'other' })).toHaveLength(1)
})

test('items of a list of type map are compared by their keys', () => {
  const item = { type: 'object', properties: { k: { type: 'string' }, v: { type: 'integer', maximum: 1 } } }
  const list = { type: 'array', items: item, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] }
  const node = compileSchema(inside(list))
  const value = {
    a: [
      { k: 'y', v: 5 },
      { k: 'x', v: 7 },
    ],
  }
  const old = { a: [{ k: 'x', v: 7 }] }
  const errors = schemaErrors(undefined, node, value, correlate(node, value, old))
  expect(errors.map(({ field }) => field)).toEqual(['a[0].v'])
})

test('what stands twice in sets and maps is told once, where it stands for the second time', () => {
  const node = compileSchema(inside({ type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } }))
  const errors = listTypeErrors(FieldPath.root, node, { a: ['x', 'y', 'x', 'x'] })
  expect(errors.map(formatFieldError)).toEqual(['a[2]: Duplicate value: "x"'])
})

test('pruning keeps what is free, and names what it drops', () => {
  const free = {
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    properties: { known: { type: 'object' } },
  }
  const node = compileSchema({ type: 'object', properties: { spec: free } })
  const given = { kind: 'X', metadata: { odd: 1 }, spec: { any: { x: 1 }, known: { y: 1 } }, extra: 1 }
  const { value, dropped } = prune(given, node, true)
  expect(value).toEqual({ kind: 'X', metadata: { odd: 1 }, spec: { any: { x: 1 }, known: {} } })
  expect(dropped).toEqual(['extra', 'spec.known.y'])
})

test('names of prototypes are names like any other', () => {
  const node = compileSchema(JSON.parse('{"type":"object","properties":{"a":{"type":"object"}}}'))
  const { value } = prune(JSON.parse('{"a":{"__proto__":{"x":1}},"constructor":1,"__proto__":{"y":1}}'), node, true)
  expect(JSON.stringify(value)).toBe('{"a":{}}')
})

test('defaults fill what lacks, also nulls that may not be', () => {
  const schema = { type: 'object', properties: { n: { type: 'integer', default: 3 }, s: { type: 'string' } } }
  const node = compileSchema({ type: 'object', additionalProperties: schema })
  const given = { x: { n: null, s: null }, y: {}, z: { n: 1 } }
  expect(applyDefaults(dropNulls(given, node), node)).toEqual({ x: { n: 3 }, y: { n: 3 }, z: { n: 1 } })
})

test.each([
  ['date-time', '2024-02-29T10:00:00Z', '2023-02-29T10:00:00Z'],
  ['date', '2024-02-29', '2024-2-9'],
  ['duration', '3 days', 'long'],
  ['ipv4', '10.0.0.1', '::1'],
  ['ipv6', '::1', '10.0.0.1'],
  ['cidr', '10.0.0.0/8', '10.0.0.0'],
  ['mac', '01:23:45:67:89:ab', '01:23:45:67:89'],
  ['uuid4', '9c5b94b1-35ad-49bb-b118-8e8fc24abf80', '9c5b94b1-35ad-19bb-b118-8e8fc24abf80'],
  ['isbn', '978-0321751041', '978-0321751042'],
  ['byte', 'YQ==', 'YQ='],
  ['email', 'a@example.com', 'a.example.com'],
  ['hostname', 'a.example.com', '-a'],
  ['uri', 'https://example.com/a', 'example'],
  ['hexcolor', '#fff', '#ffff'],
  ['rgbcolor', 'rgb(1, 2, 255)', 'rgb(1,2,256)'],
  ['k8s-long-name', 'a.b-c', 'a..b'],
])('format %s', (format, good, bad) => {
  expect(isKnownFormat(format)).toBe(true)
  expect([hasFormat(format, good), hasFormat(format, bad)]).toEqual([true, false])
})

test('patterns are those of Go, and never take long', () => {
  expect(compilePattern('(?i)^ab+$').matches('ABBB')).toBe(true)
  expect(compilePattern('^(?!x)').problem).toContain('error parsing regexp')
  const long = `${'a'.repeat(5000)}!`
  expect(compilePattern('^(a+)+$').matches(long)).toBe(false)
})
