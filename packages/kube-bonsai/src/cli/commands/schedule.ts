import { type Command, InvalidArgumentError, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { readConfigFile } from '../config-file.ts'
import { parseGates } from '../flags.ts'
import { readSources } from '../sources.ts'

interface ScheduleCommandOptions {
  readonly filename: readonly string[]
  readonly config?: string
  readonly featureGates?: Readonly<Record<string, boolean>>
  readonly output: 'table' | 'json'
  readonly mode?: string
  readonly preemption?: string
  readonly tieBreak?: string
  readonly maxAttempts?: number
  readonly show: number
}

/** `bonsai schedule`: where the pods of a snapshot would go, and why. */
export function addScheduleCommand(program: Command, { console }: CommandContext): void {
  program
    .command('schedule')
    .description('Say where kube-scheduler v1.35 would put the pending pods of a snapshot, and why there or nowhere.')
    .requiredOption(
      '-f, --filename <path...>',
      'snapshots ({config, featureGates, options, objects}) or manifests of nodes and pods; files, directories or - for standard input',
    )
    .option('--config <file>', "a KubeSchedulerConfiguration; goes before the snapshot's")
    .option('--feature-gates <gates>', "gates that differ from v1.35's defaults: A=true,B=false", parseGates)
    .addOption(
      new Option('-o, --output <format>', 'how to print; json is the shape of recorded decisions')
        .choices(['table', 'json'])
        .default('table'),
    )
    .addOption(
      new Option('--mode <mode>', 'try each pod once, or again until nothing moves (default: once)').choices([
        'once',
        'settle',
      ]),
    )
    .addOption(
      new Option(
        '--preemption <mode>',
        'whether victims vanish at once or take their time (default: immediate)',
      ).choices(['immediate', 'graceful']),
    )
    .addOption(
      new Option(
        '--tie-break <rule>',
        'which of equally good nodes wins: the smallest name, or as upstream (default: lexical)',
      ).choices(['lexical', 'upstream']),
    )
    .option('--max-attempts <count>', 'attempts per pod at most (default: 20)', parseCount)
    .option('--show <count>', 'nodes to show for each pod; 0 shows all', parseCount, 10)
    .action(async (options: ScheduleCommandOptions) => {
      const { readScheduleSources } = await import('../../schedule/read-sources.ts')
      const { decideAndExplain, SnapshotError } = await import('@kube-bonsai/scheduler-core')
      const sources = await readSources(options.filename, console)
      const config = options.config === undefined ? undefined : await readConfigFile('--config', options.config)
      try {
        const { snapshot, ignored } = await readScheduleSources(sources, {
          ...(config !== undefined && { config }),
          ...(options.featureGates && { featureGates: options.featureGates }),
          options: Object.fromEntries(
            (['mode', 'preemption', 'tieBreak', 'maxAttempts'] as const).flatMap((name) =>
              options[name] === undefined ? [] : [[name, options[name]]],
            ),
          ),
        })
        if (ignored.size > 0) {
          const kinds = [...ignored].map(([kind, count]) => `${count} ${kind}`).join(', ')
          console.err(`left alone, the scheduler does not look at them: ${kinds}\n`)
        }
        const explained = decideAndExplain(snapshot)
        if (options.output === 'json') {
          const { printDecisions } = await import('../../schedule/print-decisions.ts')
          console.out(printDecisions(explained.decisions))
        } else {
          const { scheduleTable } = await import('../schedule-table.ts')
          console.out(scheduleTable(explained, console, { show: options.show }))
        }
      } catch (error) {
        if (error instanceof SnapshotError) throw new CliError(error.message, { advice: adviceFor(error) })
        throw error
      }
    })
}

function parseCount(text: string): number {
  if (!/^[0-9]{1,6}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}

/** What to do about a snapshot that cannot be used. */
function adviceFor({
  object,
  field,
}: {
  readonly object: string | undefined
  readonly field: string | undefined
}): string {
  if (field?.startsWith('config')) return 'Correct the scheduler configuration, or leave it out for the default one.'
  if (field?.startsWith('featureGates'))
    return 'bonsai up --help shows how gates are written; names are those of v1.35.'
  if (field === 'spec.nodeName')
    return 'Add the node to the snapshot, or leave spec.nodeName out so that the pod waits for one.'
  if (field === 'spec.priorityClassName')
    return 'Add the PriorityClass to the snapshot, or give the pod a spec.priority.'
  if (object !== undefined)
    return `Correct ${object}${field === undefined ? '' : `, field ${field}`}, and run the command again.`
  return 'Give {"objects": [...]}, or manifests of nodes and pods such as kubectl get nodes,pods -A -o yaml prints.'
}
