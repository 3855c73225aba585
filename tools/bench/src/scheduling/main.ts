// `pnpm bench:scheduling`: upstream's scheduler_perf workloads by their names, decided one pod after the other on one core.
import { parseArgs } from 'node:util'
import { rounded } from '../measure.ts'
import { driveLikeReal, type RealBench, realFigures } from './beside-real.ts'
import { type Driven, drive } from './drive.ts'
import { schedulerMemory } from './memory.ts'
import { workload, workloadNames } from './workloads.ts'

const usage = `pnpm bench:scheduling [--only NAME,NAME] [--nodes 500|5000] [--pods N] [--seconds S] [--real FILE] [--output table|json]

  --only     workloads: ${workloadNames.join(', ')}; memory; real
  --nodes    one size; both unless given
  --pods     at most so many measured pods
  --seconds  stop a measurement after that long; 20 unless given
  --real     the program oracle-schedule: its benchmark runs beside ours, and the ratio is shown
`

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    nodes: { type: 'string' },
    pods: { type: 'string' },
    seconds: { type: 'string', default: '20' },
    real: { type: 'string' },
    output: { type: 'string', default: 'table' },
    help: { type: 'boolean', default: false },
  },
})

interface Row {
  readonly workload: string
  readonly nodes: number
  readonly figures: Readonly<Record<string, number | boolean>>
}

const rows: Row[] = []
const only = values.only === '' ? [] : values.only.split(',')

function report(row: Row): void {
  rows.push(row)
  if (values.output === 'json') return
  const cells = Object.entries(row.figures).map(([what, value]) => `${what} ${value.toLocaleString('en')}`)
  console.log(`${row.workload.padEnd(36)}${String(row.nodes).padStart(6)} nodes   ${cells.join('   ')}`)
}

function figuresOf({ scheduled, failed, seconds, cpuSeconds, truncated }: Driven): Row['figures'] {
  return {
    'pods/s': rounded(scheduled / seconds),
    ...(failed > 0 && { 'decisions/s': rounded((scheduled + failed) / seconds) }),
    'CPU us per decision': rounded((cpuSeconds * 1e6) / Math.max(1, scheduled + failed)),
    scheduled,
    ...(failed > 0 && { failed }),
    ...(truncated && { truncated }),
  }
}

function main(): number {
  const seconds = Number(values.seconds)
  const sizes = ([500, 5000] as const).filter((size) => values.nodes === undefined || values.nodes === String(size))
  const unknown = only.filter((name) => !['memory', 'real', ...workloadNames].includes(name))
  if (values.help || unknown.length > 0 || sizes.length === 0 || !(seconds > 0)) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  const wants = (name: string) => only.length === 0 || only.includes(name)
  for (const name of workloadNames.filter(wants)) {
    for (const nodes of sizes) {
      const pods = values.pods === undefined ? undefined : Number(values.pods)
      report({ workload: name, nodes, figures: figuresOf(drive(workload(name, nodes, pods), seconds)) })
    }
  }
  if (wants('memory')) {
    report({
      workload: 'memory with 30,000 pods',
      nodes: 5000,
      figures: { MiB: rounded(schedulerMemory(5000, 30_000)) },
    })
  }
  if (values.real !== undefined && wants('real')) besideReal(values.real, seconds)
  if (values.output === 'json') console.log(JSON.stringify(rows, null, 2))
  return 0
}

function besideReal(program: string, seconds: number): void {
  const benches: readonly RealBench[] = (['basic', 'mixed'] as const).flatMap((profile) => [
    { nodes: 1000, existing: 5000, pods: 1000, profile },
    { nodes: 5000, existing: 10_000, pods: 1000, profile },
  ])
  for (const bench of benches) {
    const ours = driveLikeReal(bench, seconds)
    const real = realFigures(program, bench, Math.min(seconds, 5))
    const own = (ours.cpuSeconds * 1e6) / Math.max(1, ours.scheduled + ours.failed)
    const ratio = rounded(real.cpuMicrosPerCycle / own)
    const figures = {
      ...figuresOf(ours),
      'real cycles/s': rounded(real.cyclesPerSecond),
      'real CPU us per cycle': rounded(real.cpuMicrosPerCycle),
      'times faster per CPU': ratio,
    }
    report({ workload: `beside the real one, ${bench.profile}`, nodes: bench.nodes, figures })
  }
}

process.exitCode = main()
