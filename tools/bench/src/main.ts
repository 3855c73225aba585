// `pnpm bench`: every measurement in a process of its own, so that none pays for the heap of another.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import type { Findings } from './measure.ts'
import { idle } from './scenarios/idle.ts'
import { runningNodes } from './scenarios/nodes.ts'
import { pods } from './scenarios/pods.ts'
import { start } from './scenarios/start.ts'
import { watchers } from './scenarios/watchers.ts'
import { writes } from './scenarios/writes.ts'

const scenarios: Readonly<Record<string, (count: number) => Promise<Findings>>> = {
  start,
  writes,
  watchers,
  idle,
  pods,
  nodes: runningNodes,
}
const plan: readonly (readonly [string, number])[] = [
  ['start', 3],
  ['writes', 10_000],
  ['watchers', 1_000],
  ['idle', 100],
  ['pods', 500],
  ['pods', 1_000],
  ['pods', 2_500],
  ['pods', 5_000],
  ['nodes', 100],
  ['nodes', 1_000],
]

const usage = `pnpm bench [--only start|writes|watchers|idle|pods|nodes] [--count N] [--here] [--output table|json]

  --only    one kind of measurement
  --count   how many (with --only)
  --here    in this very process, for a profiler`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    count: { type: 'string' },
    here: { type: 'boolean', default: false },
    output: { type: 'string', default: 'table' },
    help: { type: 'boolean', default: false },
  },
})

/** One measurement in a process of its own. */
async function apart(name: string, count: number): Promise<Findings> {
  const self = fileURLToPath(import.meta.url)
  const args = [...process.execArgv, self, '--here', '--only', name, '--count', `${count}`, '--output', 'json']
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 24 })
  const [first] = JSON.parse(stdout)
  return first.findings
}

function print(name: string, findings: Findings): void {
  const cells = Object.entries(findings).map(([what, value]) => `${what} ${value.toLocaleString('en')}`)
  console.log(`${name.padEnd(10)}${cells.join('   ')}`)
}

async function main(): Promise<number> {
  const count = values.count === undefined ? undefined : Number(values.count)
  const known = values.only === undefined || Object.hasOwn(scenarios, values.only)
  if (values.help || !known || (count !== undefined && !(Number.isSafeInteger(count) && count > 0))) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  const chosen = plan.filter(([name]) => values.only === undefined || name === values.only)
  const runs = count === undefined || values.only === undefined ? chosen : [[values.only, count] as const]
  const results: { readonly scenario: string; readonly findings: Findings }[] = []
  for (const [name, size] of runs) {
    const findings = values.here ? await scenarios[name]?.(size) : await apart(name, size)
    if (findings === undefined) continue
    results.push({ scenario: name, findings })
    if (values.output !== 'json') print(name, findings)
  }
  if (values.output === 'json') console.log(JSON.stringify(results, null, 2))
  return 0
}

process.exitCode = await main()
