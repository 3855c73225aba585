import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Case<In, Out> {
  readonly in: In
  readonly out: Out
}

/** One test that holds every recorded answer of a file to what `answer` gives. */
export function testRecorded<In, Out>(name: string, file: string, answer: (input: In) => Out): void {
  test(name, () => {
    const lines = readFileSync(new URL(`golden/${file}.ndjson`, import.meta.url), 'utf8')
      .trim()
      .split('\n')
    for (const line of lines) {
      const { in: input, out } = JSON.parse(line) as Case<In, Out>
      expect({ input, out: JSON.parse(JSON.stringify(answer(input))) }).toEqual({ input, out })
    }
  })
}
