import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decide, prepareSnapshot, type SnapshotInput } from '../src/index.ts'

// What kube-scheduler v1.35.4 decided about small clusters of every profile of `oracle-schedule generate`; kept with
// `conformance schedule --against PROGRAM --record FILE`.
interface Case {
  readonly name: string
  readonly snapshot: SnapshotInput
  readonly decisions: unknown
}

const bytes = readFileSync(new URL('golden/schedule.ndjson.gz', import.meta.url))
const cases: readonly Case[] = gunzipSync(bytes)
  .toString('utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

describe('decisions of kube-scheduler v1.35.4', () => {
  test.each(cases)('$name', ({ snapshot, decisions }) => {
    // What `prepare` filled in already is not listed as added.
    const { added: _, ...expected } = Object(decisions)
    expect(decide(prepareSnapshot(snapshot))).toEqual(expected)
  })
})
