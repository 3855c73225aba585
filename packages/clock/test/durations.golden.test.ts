import { readFileSync } from 'node:fs'
import { DurationError, formatDuration, parseDuration } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'

interface Case {
  readonly in: { readonly text: string }
  readonly out?: { readonly nanoseconds: string; readonly string: string }
  readonly error?: string
}

// Recorded from time.ParseDuration and Duration.String of Go 1.25.
const cases: readonly Case[] = readFileSync(new URL('golden/durations.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

test.each(cases)('$in.text as Go reads and writes it', (given) => {
  try {
    const ns = parseDuration(given.in.text)
    expect({ in: given.in, out: { nanoseconds: String(ns), string: formatDuration(ns) } }).toEqual(given)
  } catch (error) {
    if (!(error instanceof DurationError)) throw error
    expect({ in: given.in, error: error.message }).toEqual(given)
  }
})
