import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { compareAnswer } from '../src/compare/case.ts'
import { differences } from '../src/compare/differences.ts'
import { readRecording } from '../src/compare/recording.ts'
import { replay } from '../src/compare/replay.ts'
import { paintFor, reportLines } from '../src/compare/report.ts'
import { answer } from '../src/protocol/answer.ts'

const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
afterAll(() => rmSync(folder, { recursive: true }))

const recorded = [
  { in: { a: '1Gi', b: '1G' }, out: { cmp: 1, equal: false } },
  { in: { a: '1x', b: '1' }, error: "unable to parse quantity's suffix" },
]
const file = join(folder, 'quantity.cmp.ndjson.gz')
writeFileSync(file, gzipSync(recorded.map((one) => JSON.stringify(one)).join('\n')))

const outcome = (fn: string, expected: object, actual: object) =>
  compareAnswer({ question: { fn, in: {} }, expected: expected as never }, actual as never).kind

describe('a replay', () => {
  test('finds the recorded answers again', async () => {
    const [first] = [...readRecording(file)]
    expect(first?.question).toEqual({ fn: 'quantity.cmp', in: { a: '1Gi', b: '1G' } })
    const [report] = await replay([first!], { keep: 3 })
    expect(report).toMatchObject({ fn: 'quantity.cmp', same: 1, different: 0, unsupported: 0 })
  })

  test('shows where a spoiled answer differs', async () => {
    const [first] = [...readRecording(file)]
    const [report] = await replay([{ ...first!, expected: { out: { cmp: -1, equal: false } } }], { keep: 3 })
    expect(report?.mismatches[0]?.differences).toEqual([{ path: 'cmp', expected: -1, actual: 1 }])
    const lines = reportLines([report!], paintFor({ isTTY: false }))
    expect(lines.join('\n')).toContain('      expected -1\n      got      1')
  })

  test('counts a function that nothing computes as unsupported, not as different', async () => {
    const [report] = await replay([{ question: { fn: 'no.such', in: {} }, expected: { out: 1 } }], { keep: 3 })
    expect(report).toMatchObject({ unsupported: 1, different: 0, reasons: { 'no.such': 1 } })
  })

  test('names the line of a recording that is none', () => {
    const bad = join(folder, 'bad.ndjson')
    writeFileSync(bad, '{"in":{},"out":{}}\n{"in":{}}\n')
    expect(() => [...readRecording(bad)]).toThrow(/bad\.ndjson, line 2: neither "out" nor "error"/)
  })
})

describe('error texts', () => {
  test('must be the same', () => {
    expect(outcome('labels.parse', { error: 'a' }, { error: 'a' })).toBe('same')
    expect(outcome('labels.parse', { error: 'a' }, { error: 'b' })).toBe('different')
  })

  test('of YAML syntax and of JSON decoding must only be there', () => {
    expect(outcome('yaml.toJSON', { error: 'a' }, { error: 'b' })).toBe('same')
    expect(outcome('object.default', { error: 'json: cannot unmarshal bool' }, { error: 'b' })).toBe('same')
    expect(outcome('yaml.toJSON', { error: 'a' }, { out: {} })).toBe('different')
  })

  test('never excuse a crash', () => {
    expect(outcome('yaml.toJSON', { error: 'a' }, { error: 'crash: TypeError' })).toBe('different')
  })
})

describe('lists of errors', () => {
  test('of object.validate may come in any order, other lists may not', () => {
    const expected = { out: { errors: [{ field: 'a' }, { field: 'b' }] } }
    const turned = { out: { errors: [{ field: 'b' }, { field: 'a' }] } }
    expect(outcome('object.validate', expected, turned)).toBe('same')
    expect(outcome('labelSelector', expected, turned)).toBe('different')
  })
})

describe('JSON values', () => {
  test('a value is the same as itself, in any order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(differences(value, turned(value))).toEqual([])
      }),
    )
  })

  test('a value that was changed anywhere is always found', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (value, at) => {
        const keys = Object.keys(value)
        const key = keys[at % keys.length]!
        const spoiled = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === key ? { spoiled: v } : v]))
        expect(differences(value, spoiled).length).toBeGreaterThan(0)
      }),
    )
  })

  test('integers beyond 2^53 are told apart', () => {
    expect(differences(9007199254740993n, 9007199254740992)).toHaveLength(1)
    expect(differences(9007199254740992n, 9007199254740992)).toEqual([])
  })
})

const turned = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(turned)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, part]) => [key, turned(part)]),
        )
      : value

test('an answer of the table is the recorded one', async () => {
  expect(await answer({ fn: 'resourceVersion.compare', in: { a: '10', b: '9' } })).toEqual({ out: { cmp: 1 } })
})
