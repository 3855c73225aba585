import { readFileSync } from 'node:fs'
import { DurationError, formatDuration, parseDuration } from '@kube-bonsai/clock'
import { expect, test } from 'vitest'

interface Case {
  readonly in: string
  readonly ns?: string
  readonly go?: string
  readonly error?: string
}

// Recorded from time.ParseDuration and Duration.String of Go 1.25.
const cases: readonly Case[] = readFileSync(new URL('golden/durations.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

test.each(cases)('$in as Go reads and writes it', (given) => {
  try {
    const ns = parseDuration(given.in)
    expect({ in: given.in, ns: String(ns), go: formatDuration(ns) }).toEqual(given)
  } catch (error) {
    if (!(error instanceof DurationError)) throw error
    expect({ in: given.in, error: error.message }).toEqual(given)
  }
})
