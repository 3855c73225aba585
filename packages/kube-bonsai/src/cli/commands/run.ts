import { type Command, Option } from 'commander'
import { actions } from '../../chaos/script.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { fillable } from '../../kubelet/node-fill.ts'
import { allObjects } from '../all-objects.ts'
import { printChaos, readScript, startChaos } from '../chaos.ts'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { readConfigFile } from '../config-file.ts'
import { paint } from '../console.ts'
import { parseGates, parseNodes } from '../flags.ts'
import { nodesOf } from '../nodes-file.ts'
import { inApplyOrder } from '../order.ts'
import { printFailures } from '../print-failures.ts'
import { progressOn } from '../progress.ts'
import { readSources } from '../sources.ts'
import { formatTable } from '../table.ts'

interface RunOptions {
  readonly filename: readonly string[]
  readonly nodes: number | string
  readonly until: string
  readonly output: 'table' | 'json' | 'yaml' | 'kyaml'
  readonly seed: string
  readonly namespace: string
  readonly featureGates?: Readonly<Record<string, boolean>>
  readonly schedulerConfig?: string
  readonly chaos?: string
}

const chaosHelp = `
A chaos script lists events, such as {at: 90s, node: node-1, do: kill, for: 4m} or {every: 10m, node: any, do: fill, disk: 95Gi}.
What can be done: ${Object.keys(actions).join(', ')}.
Amounts that fill takes: ${fillable.join(', ')}.`

/** `bonsai run`: manifests played in virtual time, without a server. */
export function addRunCommand(program: Command, { console, finish }: CommandContext): void {
  program
    .command('run')
    .description('Play manifests in virtual time, without a server, and show what became of them.')
    .requiredOption('-f, --filename <path...>', 'files, directories (read recursively) or - for standard input')
    .option('--nodes <count|file>', 'how many nodes the cluster has, or a file that describes them', parseNodes, 3)
    .option('--until <when>', "settled, or how long to run in the cluster's time (90s, 5m, 24h)", 'settled')
    .addOption(
      new Option('-o, --output <format>', 'what to print at the end')
        .choices(['table', 'json', 'yaml', 'kyaml'])
        .default('table'),
    )
    .option('--seed <text>', 'where all randomness comes from; the same seed gives the same run', '1')
    .option('-n, --namespace <name>', 'namespace of objects that name none', 'default')
    .option('--scheduler-config <file>', 'a KubeSchedulerConfiguration for the scheduler')
    .option('--chaos <file>', 'a script of what happens to nodes and when; "-" for standard input')
    .option('--feature-gates <gates>', "gates that differ from v1.35's defaults: A=true,B=false", parseGates)
    .addHelpText('after', chaosHelp)
    .action(async (options: RunOptions) => {
      const { Cluster } = await import('../../cluster/cluster.ts')
      const { readManifests } = await import('../../cluster/manifests.ts')
      const nodes = await nodesOf(options.nodes, console)
      const manifests = inApplyOrder(await readManifests(await readSources(options.filename, console)))
      if (manifests.length === 0)
        throw new CliError('no objects in what was given', { advice: 'Give at least one manifest with -f.' })
      const { schedulerConfig } = options
      const schedulerConfiguration =
        schedulerConfig === undefined ? undefined : await readConfigFile('--scheduler-config', schedulerConfig)
      const names = nodes.map(({ name }) => name)
      const script = options.chaos === undefined ? undefined : await readScript(options.chaos, names, console)
      const progress = progressOn(console, options.output === 'table')
      progress.say('starting the cluster')
      const cluster = await Cluster.create({
        nodes,
        seed: options.seed,
        ...(options.featureGates && { featureGates: options.featureGates }),
        ...(schedulerConfiguration !== undefined && { schedulerConfiguration }),
      })
      try {
        progress.say(`applying ${manifests.length} documents`)
        const results = await cluster.tryApply(manifests, { namespace: options.namespace })
        progress.say('running')
        const start = cluster.clock.now()
        const chaos = script && (await startChaos(cluster, script, options.seed))
        const settled = await play(cluster, options.until)
        progress.done()
        const refused = printFailures(console, results)
        const problems = await cluster.problems()
        if (chaos && options.output === 'table') printChaos(console, chaos, start)
        if (options.output === 'table') await printSummary(cluster, { console, start, settled })
        else console.out(await allObjects(cluster, options.output))
        if (refused || problems.length > 0) finish(1)
      } finally {
        progress.done()
        cluster.close()
      }
    })
}

async function play(cluster: Cluster, until: string): Promise<boolean> {
  if (until === 'settled') return (await cluster.settle()).settled
  try {
    await cluster.advance(until)
  } catch (error) {
    throw new CliError(`--until ${until}: ${error instanceof Error ? error.message : String(error)}`, {
      advice: 'Write settled, or a duration such as 90s, 5m or 24h.',
      usage: true,
    })
  }
  return true
}

async function printSummary(
  cluster: Cluster,
  {
    console,
    start,
    settled,
  }: { readonly console: CommandContext['console']; readonly start: number; readonly settled: boolean },
): Promise<void> {
  const states = await cluster.workloads()
  const tone = (done: boolean) => (done ? 'good' : 'bad')
  const rows = states.map((state) => [
    state.namespace,
    state.kind,
    state.name,
    paint(console, tone(state.done), `${state.ready}/${state.wanted}`),
  ])
  if (rows.length > 0) console.out(formatTable(['NAMESPACE', 'KIND', 'NAME', 'READY'], rows))
  const problems = await cluster.problems()
  if (problems.length > 0) {
    console.out(`\n${paint(console, 'bold', 'What does not run, and why')}\n`)
    console.out(
      formatTable(
        ['NAMESPACE', 'KIND', 'NAME', 'REASON', 'MESSAGE'],
        problems.map((problem) => [
          problem.namespace,
          problem.kind,
          problem.name,
          paint(console, 'bad', problem.reason),
          problem.message,
        ]),
      ),
    )
  }
  const seconds = Math.round((cluster.clock.now() - start) / 1000)
  const pods = (await cluster.client.pods().list()).items.length
  console.out(`\n${pods} pods, ${seconds} s of the cluster's time${settled ? '' : '; it has not settled yet'}\n`)
}
