import { Command, InvalidArgumentError, Option } from 'commander'
import { answerStream } from './commands/answer.ts'
import { type CompareOptions, compareRecordings } from './commands/compare.ts'

const count = (text: string): number => {
  if (!/^[0-9]{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number is expected')
  return Number(text)
}

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

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
