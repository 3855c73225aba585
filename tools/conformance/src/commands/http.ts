import { readFileSync } from 'node:fs'
import { differenceLines, type Paint, paintFor } from '../compare/report.ts'
import { compareTranscripts, type StepResult } from '../http/compare.ts'
import { play, type Server } from '../http/play.ts'
import {
  readScenarios,
  readTranscripts,
  type Scenario,
  type Step,
  type StepAnswer,
  type Transcript,
  writeTranscripts,
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
  /** A file that describes a running real server, as `real-server.mjs --out` writes it: it answers in place of a transcript. */
  readonly against?: string
  /** Where to write the answers, gzipped when the name ends in `.gz`. */
  readonly record?: string
  readonly insecure: boolean
  readonly quiet: boolean
}

/** Plays scenarios. The exit code: 0 when all is the same or nothing was compared, 1 when something differs, 2 when something could not be played. */
export async function playScenarios(paths: readonly string[], options: HttpOptions): Promise<0 | 1 | 2> {
  const paint = paintFor(process.stdout)
  const recorded = options.transcript === undefined ? undefined : readTranscripts(options.transcript)
  const server = serverAt(options.url, new Map(options.tokenFor.map(readToken)).set('admin', options.token), options)
  const real = options.against === undefined ? undefined : realServer(options.against)
  const compares = recorded !== undefined || real !== undefined
  const totals = { same: 0, differ: 0, failed: 0, skipped: 0 }
  const requests = { same: 0, differ: 0 }
  const kept: Transcript[] = []
  try {
    for (const scenario of readScenarios(paths)) {
      if (isSkipped(scenario, options, recorded)) {
        totals.skipped += 1
        continue
      }
      const shown = options.quiet ? undefined : (step: Step, answer: StepAnswer) => say(stepLine(step, answer, paint))
      try {
        const expected = real === undefined ? recorded?.get(scenario.scenario) : await play(real, scenario)
        const actual = await play(server, scenario, shown)
        kept.push(actual)
        const results = expected === undefined ? [] : compareTranscripts(scenario, expected, actual)
        const differ = results.filter(({ differences }) => differences.length > 0).length
        requests.differ += differ
        requests.same += results.length - differ
        totals[differ > 0 ? 'differ' : 'same'] += 1
        say(scenarioLines(scenario, results, expected === undefined, paint))
      } catch (error) {
        totals.failed += 1
        const why = error instanceof Error ? error.message : String(error)
        say(paint('red', `${scenario.scenario}: could not be played: ${why}`))
      }
    }
  } finally {
    server.sender.close()
    real?.sender.close()
  }
  if (options.record !== undefined) writeTranscripts(options.record, kept)
  const { same, differ, failed, skipped } = totals
  say(`scenarios: ${same} ${compares ? 'same' : 'played'}, ${differ} differ, ${failed} failed, ${skipped} skipped`)
  if (compares) say(`requests: ${requests.same} same, ${requests.differ} differ`)
  return failed > 0 ? 2 : differ > 0 ? 1 : 0
}

function serverAt(url: string, tokens: ReadonlyMap<string, string>, { insecure }: { insecure: boolean }): Server {
  return { url, sender: new Sender(url, { insecure }), tokens }
}

/** The server that a file describes. Its certificate is one that it made for itself. */
function realServer(path: string): Server {
  const described: unknown = JSON.parse(readFileSync(path, 'utf8'))
  const url: unknown = Reflect.get(Object(described), 'url')
  const tokens: unknown = Reflect.get(Object(described), 'tokens')
  if (typeof url !== 'string' || typeof tokens !== 'object' || tokens === null) {
    throw new Error(`${path}: expected {"url", "tokens"}, as real-server.mjs --out writes it`)
  }
  const named = Object.entries(tokens).map(([name, token]) => [name, String(token)] as const)
  return serverAt(url, new Map(named), { insecure: true })
}

function isSkipped(
  { gates, scenario }: Scenario,
  options: HttpOptions,
  recorded: ReadonlyMap<string, Transcript> | undefined,
): boolean {
  if (gates === 'all' && options.gates !== 'all') return true
  if (recorded === undefined || recorded.has(scenario)) return false
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
