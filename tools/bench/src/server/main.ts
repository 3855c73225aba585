// `pnpm bench:server`: requests per second in process and over HTTP, next to a real kube-apiserver with etcd.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Cluster } from 'kube-bonsai'
import { rounded } from '../measure.ts'
import { type Measure, measures, prepare, type Sizes } from './measures.ts'
import { inProcess, overHttp, type Target } from './target.ts'

const usage = `pnpm bench:server [--real FILE] [--writes N] [--pods N] [--watchers N] [--only REGEXP] [--output table|json]

  --real      a running real server, as tools/oracle/requests/real-server.mjs --out describes it: ratios against it
  --writes    how many creates, updates, patches and applies (default 1000)
  --pods      how many pods are listed (default 10000)
  --watchers  how many watches get each event (default 1000)
  --only      only the measurements whose name matches`

const { values } = parseArgs({
  options: {
    real: { type: 'string' },
    writes: { type: 'string', default: '1000' },
    pods: { type: 'string', default: '10000' },
    watchers: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
    output: { type: 'string', default: 'table' },
    help: { type: 'boolean', default: false },
  },
})

interface Result {
  readonly name: string
  readonly unit: Measure['unit']
  /** By the name of the target. */
  readonly found: Readonly<Record<string, number>>
}

/** A server of ours in a process of its own. */
async function startBonsai(): Promise<{ readonly target: Target; stop(): void }> {
  const file = fileURLToPath(new URL('serve.ts', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString()))
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
  const { url, token } = JSON.parse(line)
  return { target: overHttp('over HTTPS', url, token), stop: () => child.stdin.end() }
}

function readReal(path: string): Target {
  const { url, tokens } = JSON.parse(readFileSync(path, 'utf8'))
  return overHttp('real', url, tokens.admin)
}

/** How many times better `ours` is. */
const ratio = (unit: Measure['unit'], ours: number, real: number): number =>
  rounded(unit === 'ms' ? real / ours : ours / real)

function row({ name, unit, found }: Result): string {
  const { real } = found
  const cells = Object.entries(found).map(([target, value]) => {
    const times = real === undefined || target === 'real' ? '' : ` (${ratio(unit, value, real)}x)`
    return `${target} ${rounded(value).toLocaleString('en')}${times}`
  })
  return `${name.padEnd(40)}${unit.padEnd(12)}${cells.join('   ')}`
}

async function main(): Promise<number> {
  const sizes: Sizes = {
    writes: Number(values.writes),
    pods: Number(values.pods),
    watchers: Number(values.watchers),
  }
  if (values.help || !Object.values(sizes).every((size) => Number.isSafeInteger(size) && size > 0)) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  const cluster = await Cluster.create({ clock: 'system', nodes: 0, controllers: false, controlPlaneOnly: true })
  const bonsai = await startBonsai()
  const targets = [inProcess(cluster), bonsai.target, ...(values.real === undefined ? [] : [readReal(values.real)])]
  const results: Result[] = []
  let failed = 0
  try {
    for (const target of targets) await prepare(target)
    for (const { name, unit, run } of measures.filter((measure) => new RegExp(values.only).test(measure.name))) {
      const found: Record<string, number> = {}
      for (const target of targets) {
        try {
          found[target.name] = await run(target, sizes)
        } catch (error) {
          console.error(`${name}, ${target.name}: ${error instanceof Error ? error.message : String(error)}`)
          failed = 1
        }
      }
      results.push({ name, unit, found })
      if (values.output !== 'json') console.log(row({ name, unit, found }))
    }
    if (values.output === 'json') console.log(JSON.stringify(results, null, 2))
    return failed
  } finally {
    for (const target of targets) target.close()
    bonsai.stop()
    cluster.close()
  }
}

process.exitCode = await main()
