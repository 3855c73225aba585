import { writeFileSync } from 'node:fs'
import { progressOn } from '../compare/progress.ts'
import { readRecording } from '../compare/recording.ts'
import { type FunctionReport, replay } from '../compare/replay.ts'
import { paintFor, reportLines } from '../compare/report.ts'
import { printExact } from '../protocol/exact-json.ts'

/** Options of `conformance compare`. */
export interface CompareOptions {
  readonly report: 'text' | 'json'
  /** Where the report goes instead of standard output. */
  readonly output?: string
  /** How many differences of each function are shown. */
  readonly show: number
}

/** Replays recordings and prints what came of it. The exit code: 1 when anything differs, otherwise 0. */
export async function compareRecordings(files: readonly string[], options: CompareOptions): Promise<0 | 1> {
  const progress = progressOn(process.stderr)
  function* cases(): ReturnType<typeof readRecording> {
    for (const file of files) yield* readRecording(file)
  }
  const reports = await replay(cases(), { keep: options.show, onCase: (fn, done) => progress.update(fn, done) })
  progress.clear()
  const text = options.report === 'json' ? jsonReport(reports) : reportLines(reports, paint(options)).join('\n')
  if (options.output === undefined) process.stdout.write(`${text}\n`)
  else writeFileSync(options.output, `${text}\n`)
  return reports.some(({ different }) => different > 0) ? 1 : 0
}

const paint = ({ output }: CompareOptions): ReturnType<typeof paintFor> =>
  paintFor(output === undefined ? process.stdout : {})

const jsonReport = (reports: readonly FunctionReport[]): string => printExact({ functions: reports })
