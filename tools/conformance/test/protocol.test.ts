import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerStream } from '../src/commands/answer.ts'
import { answerLine } from '../src/protocol/answer.ts'
import { parseExact, printExact } from '../src/protocol/exact-json.ts'

const ask = async (...lines: readonly string[]): Promise<readonly unknown[]> => {
  const input = new PassThrough()
  const output = new PassThrough()
  input.end(lines.map((line) => `${line}\n`).join(''))
  const done = answerStream(input, output).then(() => output.end())
  const answers = await text(output)
  await done
  return answers
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('the line protocol', () => {
  test('answers each line in order', async () => {
    const version = (a: string) => JSON.stringify({ fn: 'resourceVersion.compare', in: { a, b: '5' } })
    const answers = await ask(version('1'), '', version('x'), version('9'))
    expect(answers).toMatchObject([{ out: { cmp: -1 } }, { error: expect.any(String) }, { out: { cmp: 1 } }])
  })

  test('names a function that nothing computes', async () => {
    expect(await ask('{"fn":"cron.fly","in":{}}')).toEqual([{ error: 'unsupported: cron.fly' }])
    expect(await ask('{"fn":"__proto__","in":{}}')).toEqual([{ error: 'unsupported: __proto__' }])
  })

  test('refuses features that do not exist or are locked', async () => {
    const question = { fn: 'resourceVersion.compare', in: { a: '1', b: '2' }, features: { NoSuchFeature: true } }
    expect(await ask(JSON.stringify(question))).toMatchObject([{ error: expect.stringContaining('NoSuchFeature') }])
  })

  test('keeps integers beyond 2^53', async () => {
    const line = '{"fn":"quantity.fromJSON","in":{"json":9007199254740993}}'
    expect(await answerLine(line)).toContain('"canonical":"9007199254740993"')
  })

  test('survives any line', async () => {
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({
          fn: fc.constantFrom('quantity.parse', 'patch.apply', 'pod.resources', 'labels.parse'),
          in: fc.jsonValue(),
        })
        .map((question) => JSON.stringify(question)),
    )
    await fc.assert(
      fc.asyncProperty(line, async (one) => {
        const answer: unknown = JSON.parse(await answerLine(one))
        expect(Object.keys(Object(answer)).some((key) => key === 'out' || key === 'error')).toBe(true)
      }),
    )
  })
})

describe('exact JSON', () => {
  test('reads and writes any JSON as JavaScript does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const json = JSON.stringify(value)
        expect(printExact(parseExact(json))).toBe(JSON.stringify(JSON.parse(json)))
      }),
    )
  })

  test('gives every integer back, and leaves texts that look like one alone', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.string(), (integer, words) => {
        const json = `{"integer":${integer},"words":${JSON.stringify(`${words} ${integer}`)}}`
        expect(printExact(parseExact(json))).toBe(json)
      }),
    )
  })
})
