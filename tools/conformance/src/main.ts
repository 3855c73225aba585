import { writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { answerStream } from './commands/answer.ts'
import { type CompareOptions, compareRecordings } from './commands/compare.ts'
import { type HttpOptions, playScenarios } from './commands/http.ts'
import { compareSchedules, type ScheduleOptions, scheduleProfiles } from './commands/schedule.ts'
import { sampleScenarios } from './http/samples.ts'

const count = (text: string): number => {
  if (!/^[0-9]{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number is expected')
  return Number(text)
}

/** `1-5,8`. */
const numbers = (text: string): readonly number[] =>
  text.split(',').flatMap((part) => {
    const [, first, last] = /^([0-9]{1,6})(?:-([0-9]{1,6}))?$/.exec(part) ?? []
    if (first === undefined) throw new InvalidArgumentError('numbers and ranges are expected: 1-5,8')
    const [from, to] = [Number(first), Number(last ?? first)]
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
  })

const program = new Command('conformance').description(
  'Holds the packages of this workspace to recorded answers of Kubernetes v1.35',
)

program
  .command('answer')
  .description('answers questions of the line protocol: {"fn", "in", "features"?} in, {"out"} or {"error"} out')
  .action(() => answerStream(process.stdin, process.stdout))

program
  .command('compare')
  .description('replays recorded cases (NDJSON, gzipped or not); exit code 1 when an answer differs')
  .argument('<file...>', 'recordings; their names name the function where their lines do not')
  .addOption(new Option('--report <form>', 'form of the report').choices(['text', 'json']).default('text'))
  .option('--output <file>', 'write the report to a file')
  .option('--show <count>', 'differences to show for each function', count, 3)
  .action(async (files: string[], options: CompareOptions) => {
    process.exitCode = await compareRecordings(files, options)
  })

program
  .command('http')
  .description('plays request scenarios against a server; exit code 1 when answers differ from a transcript')
  .argument('<scenario...>', 'scenario files, or folders of them')
  .requiredOption('--url <url>', 'where the server is')
  .requiredOption('--token <token>', 'bearer token of the administrator')
  .option('--token-for <name=token...>', 'tokens of the other people in the scenarios', [])
  .addOption(
    new Option('--gates <set>', 'which feature gates the server runs').choices(['default', 'all']).default('default'),
  )
  .option('--transcript <file>', 'recorded answers to compare with (NDJSON, gzipped or not)')
  .option('--against <file>', 'a running real server to compare with, as real-server.mjs --out describes it')
  .option('--record <file>', 'write the answers there (NDJSON; gzipped when the name ends in .gz)')
  .option('--insecure', 'do not check the certificate of the server', false)
  .option('--quiet', 'leave out the lines of single requests', false)
  .action(async (scenarios: string[], options: HttpOptions) => {
    process.exitCode = await playScenarios(scenarios, options)
  })

program
  .command('samples')
  .description(
    'writes scenarios for `http` that create each sample of a folder (GROUP.VERSION.KIND.json, .yaml and .pb)',
  )
  .argument('<folder>', 'the samples')
  .requiredOption('--output <file>', 'the file to write')
  .action((folder: string, { output }: { output: string }) => {
    const scenarios = sampleScenarios(folder)
    writeFileSync(output, JSON.stringify(scenarios))
    process.stdout.write(`${scenarios.length} scenarios\n`)
  })

program
  .command('schedule')
  .description(
    'decides a snapshot and compares with recorded decisions, or with those of the real scheduler on generated snapshots',
  )
  .argument('[snapshot]', 'a snapshot, as `oracle-schedule decide` takes it')
  .argument('[decisions]', 'its decisions, as `oracle-schedule decide` prints them')
  .option('--against <program>', 'the program `oracle-schedule`: generates snapshots and decides them')
  .option('--profile <name...>', 'profiles of its generator', [...scheduleProfiles])
  .option('--seeds <numbers>', 'seeds of its generator', numbers, numbers('1-5'))
  .option('--nodes <numbers>', 'sizes of the clusters', numbers, numbers('5,20'))
  .option('--pods <count>', 'pending pods; twice the nodes unless given', count)
  .option('--option <name=value...>', 'options of the snapshot: mode, preemption, tieBreak, maxAttempts', [])
  .option('--record <file>', 'keep what the real scheduler decided (NDJSON, gzipped)')
  .option('--ignore <field...>', 'fields of attempts that do not count', [])
  .option('--show <count>', 'snapshots of which differences are shown', count, 5)
  .action(async (snapshot: string | undefined, decisions: string | undefined, options: ScheduleOptions) => {
    process.exitCode = await compareSchedules(snapshot, decisions, options)
  })

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
