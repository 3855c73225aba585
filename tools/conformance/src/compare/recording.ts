import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Answer } from '../protocol/answer.ts'
import { parseExact } from '../protocol/exact-json.ts'
import type { RecordedCase } from './case.ts'

/** A file that does not hold recorded cases. */
export class RecordingError extends Error {
  readonly kind = 'RecordingError'
  readonly file: string
  readonly line: number

  constructor(file: string, line: number, problem: string) {
    super(`${file}, line ${line}: ${problem}`)
    this.name = 'RecordingError'
    this.file = file
    this.line = line
  }
}

/**
 * The cases of an NDJSON file, gzipped or not. Each line is `{"fn"?, "in", "features"?, "out" or "error"}`; without `fn`
 * the name of the file says which function it is: `quantity.parse.ndjson.gz`, `quantity.parse@7.ndjson`.
 * Throws RecordingError for a line that is something else.
 */
export function* readRecording(file: string): Generator<RecordedCase> {
  const raw = readFileSync(file)
  const text = (raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw).toString('utf8')
  const fileFunction = basename(file).replace(/(?:@.*?)?\.ndjson(?:\.gz)?$/, '')
  let number = 0
  for (const line of text.split('\n')) {
    number += 1
    if (line.trim() !== '') yield readCase(line, fileFunction, (problem) => new RecordingError(file, number, problem))
  }
}

function readCase(line: string, fileFunction: string, failure: (problem: string) => RecordingError): RecordedCase {
  let read: unknown
  try {
    read = parseExact(line)
  } catch (error) {
    throw failure(error instanceof Error ? error.message : String(error))
  }
  if (typeof read !== 'object' || read === null) throw failure('a JSON object is expected')
  const { fn = fileFunction, in: input, features, out, error } = read as Readonly<Record<string, unknown>>
  if (typeof fn !== 'string') throw failure('"fn" must be a string')
  if (error === undefined && !('out' in read)) throw failure('neither "out" nor "error" is there')
  const expected: Answer = error === undefined ? { out } : { error: String(error) }
  const gates = features as Readonly<Record<string, boolean>> | undefined
  return { question: { fn, in: input, ...(gates === undefined ? {} : { features: gates }) }, expected }
}
