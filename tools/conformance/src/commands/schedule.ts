import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { decideSnapshot } from 'kube-bonsai'
import { paintFor } from '../compare/report.ts'
import { compareDecisions } from '../schedule/compare.ts'
import { ScheduleTotals, scheduleDifferenceLines } from '../schedule/report.ts'

/** Options of `conformance schedule`. */
export interface ScheduleOptions {
  /** The real scheduler's program; it generates snapshots and decides them too. */
  readonly against?: string
  readonly profile: readonly string[]
  readonly seeds: readonly number[]
  readonly nodes: readonly number[]
  /** Pending pods; twice the nodes, and at least 10, when absent. */
  readonly pods?: number
  readonly option: readonly string[]
  /** Where to keep what the real scheduler decided, with its snapshots as `oracle-schedule prepare` completes them. */
  readonly record?: string
  /** Fields of attempts that do not count. */
  readonly ignore: readonly string[]
  readonly show: number
}

/** Profiles of the generator that need nothing but what is modelled. */
export const scheduleProfiles: readonly string[] = [
  'basic',
  'affinity',
  'spread',
  'taints',
  'ports-images',
  'preemption',
  'volumes',
  'podresources',
  'declared-features',
  'gang',
  'strategies',
  'mixed',
]

type Fields = Readonly<Record<string, unknown>>
const paint = paintFor(process.stdout)
const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** Compares decisions. The exit code: 0 when all are the same, 1 when some differ, 2 when something could not be decided. */
export async function compareSchedules(
  snapshot: string | undefined,
  decisions: string | undefined,
  options: ScheduleOptions,
): Promise<0 | 1 | 2> {
  const totals = new ScheduleTotals()
  if (snapshot !== undefined && decisions !== undefined)
    await compareOne(snapshot, readJson(snapshot), readJson(decisions), totals, options)
  else if (snapshot === undefined && options.against !== undefined)
    await compareGenerated(options.against, totals, options)
  else throw new Error('give a snapshot and recorded decisions, or --against and the program of the real scheduler')
  for (const line of totals.lines(paint)) say(line)
  return totals.failed > 0 ? 2 : totals.snapshotsDifferent > 0 ? 1 : 0
}

async function compareGenerated(program: string, totals: ScheduleTotals, options: ScheduleOptions): Promise<void> {
  const cases: string[] = []
  for (const profile of options.profile) {
    const own = new ScheduleTotals()
    for (const nodes of options.nodes) {
      for (const seed of options.seeds) {
        const pods = options.pods ?? Math.max(10, 2 * nodes)
        const flags = ['-seed', `${seed}`, '-nodes', `${nodes}`, '-pods', `${pods}`, '-profile', profile]
        const snapshot = withOptions(JSON.parse(run(program, ['generate', ...flags])), options.option)
        const real = JSON.parse(run(program, ['decide'], JSON.stringify(snapshot)))
        const name = `${profile} seed ${seed}, ${nodes} nodes, ${pods} pods`
        if (options.record !== undefined) {
          const prepared = JSON.parse(run(program, ['prepare'], JSON.stringify(snapshot)))
          cases.push(JSON.stringify({ name, snapshot: prepared, decisions: real }))
        }
        await compareOne(name, snapshot, real, totals, options, own)
      }
    }
    say(`${profile.padEnd(20)} attempts ${own.same} same, ${own.different} different; ${own.failed} snapshots failed`)
  }
  if (options.record !== undefined) writeFileSync(options.record, gzipSync(`${cases.join('\n')}\n`, { level: 9 }))
}

async function compareOne(
  name: string,
  snapshot: unknown,
  expected: Fields,
  totals: ScheduleTotals,
  { show, ignore }: ScheduleOptions,
  own: ScheduleTotals = new ScheduleTotals(),
): Promise<void> {
  let actual: Fields
  try {
    actual = { ...(await decideSnapshot(snapshot)) }
  } catch (error) {
    for (const sums of [totals, own]) sums.failed += 1
    say(
      `${paint('bold', name)}: ${paint('red', error instanceof Error ? (error.stack ?? error.message) : String(error))}`,
    )
    return
  }
  const comparison = compareDecisions(expected, actual, ignore)
  for (const sums of [totals, own]) sums.add(comparison)
  if (comparison.differences.length === 0) return
  const shown = Math.max(0, show - totals.snapshotsDifferent + 1)
  if (shown === 0) return
  say(`${paint('bold', name)}: ${comparison.different} of ${comparison.same + comparison.different} attempts differ`)
  for (const line of scheduleDifferenceLines(comparison.differences, 3, paint)) say(line)
}

/** `mode=settle` and the like, put into a snapshot. */
function withOptions(snapshot: Fields, settings: readonly string[]): Fields {
  if (settings.length === 0) return snapshot
  const pairs = settings.map((setting) => {
    const at = setting.indexOf('=')
    if (at < 1) throw new Error(`--option expects name=value, got ${JSON.stringify(setting)}`)
    return [setting.slice(0, at), setting.slice(at + 1)] as const
  })
  return { ...snapshot, options: { ...Object(snapshot['options']), ...Object.fromEntries(pairs) } }
}

function run(program: string, args: readonly string[], input?: string): string {
  return execFileSync(program, [...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    ...(input !== undefined && { input }),
  })
}

function readJson(path: string): Fields {
  const bytes = readFileSync(path)
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
}
