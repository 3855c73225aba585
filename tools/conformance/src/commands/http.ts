import { differenceLines, type Paint, paintFor } from '../compare/report.ts'
import { compareTranscripts, type StepResult } from '../http/compare.ts'
import { play } from '../http/play.ts'
import {
  readScenarios,
  readTranscripts,
  type Scenario,
  type Step,
  type StepAnswer,
  type Transcript,
} from '../http/scenario.ts'
import { Sender } from '../http/send.ts'

/** Options of `conformance http`. */
export interface HttpOptions {
  readonly url: string
  /** The bearer token of `admin`. */
  readonly token: string
  /** Tokens of others, as `name=token`. */
  readonly tokenFor: readonly string[]
  readonly gates: 'default' | 'all'
  readonly transcript?: string
  readonly insecure: boolean
  readonly quiet: boolean
}

/** Plays scenarios. The exit code: 0 when all is the same or nothing was compared, 1 when something differs, 2 when something could not be played. */
export async function playScenarios(paths: readonly string[], options: HttpOptions): Promise<0 | 1 | 2> {
  const paint = paintFor(process.stdout)
  const recorded = options.transcript === undefined ? undefined : readTranscripts(options.transcript)
  const sender = new Sender(options.url, { insecure: options.insecure })
  const tokens = new Map(options.tokenFor.map(readToken)).set('admin', options.token)
  const totals = { same: 0, differ: 0, failed: 0, skipped: 0 }
  try {
    for (const scenario of readScenarios(paths)) {
      const expected = recorded?.get(scenario.scenario)
      if (isSkipped(scenario, options, recorded, expected)) {
        totals.skipped += 1
        continue
      }
      const shown = options.quiet ? undefined : (step: Step, answer: StepAnswer) => say(stepLine(step, answer, paint))
      try {
        const actual = await play({ url: options.url, sender, tokens }, scenario, shown)
        const results = expected === undefined ? [] : compareTranscripts(scenario, expected, actual)
        const differ = results.some(({ differences }) => differences.length > 0)
        totals[differ ? 'differ' : 'same'] += 1
        say(scenarioLines(scenario, results, expected === undefined, paint))
      } catch (error) {
        totals.failed += 1
        say(
          paint(
            'red',
            `${scenario.scenario}: could not be played: ${error instanceof Error ? error.message : String(error)}`,
          ),
        )
      }
    }
  } finally {
    sender.close()
  }
  const compared = recorded === undefined ? 'played' : 'same'
  say(
    `scenarios: ${totals.same} ${compared}, ${totals.differ} differ, ${totals.failed} failed, ${totals.skipped} skipped`,
  )
  return totals.failed > 0 ? 2 : totals.differ > 0 ? 1 : 0
}

function isSkipped(
  { gates, scenario }: Scenario,
  options: HttpOptions,
  recorded: ReadonlyMap<string, Transcript> | undefined,
  expected: Transcript | undefined,
): boolean {
  if (gates === 'all' && options.gates !== 'all') return true
  if (recorded === undefined || expected !== undefined) return false
  say(`${scenario}: skipped, it is not in the transcript`)
  return true
}

function readToken(text: string): readonly [name: string, token: string] {
  const at = text.indexOf('=')
  if (at < 1) throw new Error(`--token-for expects name=token, got ${JSON.stringify(text)}`)
  return [text.slice(0, at), text.slice(at + 1)]
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)

function stepLine({ name, request, collect }: Step, { status, error }: StepAnswer, paint: Paint): string {
  const what = request === undefined ? `collect ${collect}` : `${request.method ?? 'GET'} ${request.path}`
  const code =
    status < 0
      ? paint('red', 'failed')
      : status === 0
        ? 'begun'
        : paint(status < 400 ? 'green' : 'yellow', String(status))
  return `  ${code} ${what} ${paint('dim', name)}${error === undefined ? '' : ` ${paint('red', error)}`}`
}

function scenarioLines({ scenario }: Scenario, results: readonly StepResult[], played: boolean, paint: Paint): string {
  if (played) return `${paint('bold', scenario)}: played`
  const different = results.filter(({ differences }) => differences.length > 0)
  const binary = results.filter(({ notCompared }) => notCompared === true).length
  const note = binary === 0 ? '' : ` (${binary} protobuf bodies not compared)`
  const count = `${results.length - different.length} of ${results.length} answers same${note}`
  if (different.length === 0) return `${paint('bold', scenario)}: ${paint('green', 'same')}, ${count}`
  return [
    `${paint('bold', scenario)}: ${paint('red', 'differs')}, ${count}`,
    ...different.flatMap(({ step, differences }) => [
      `  ${paint('bold', step.name)}`,
      ...differenceLines(differences, paint),
    ]),
  ].join('\n')
}
