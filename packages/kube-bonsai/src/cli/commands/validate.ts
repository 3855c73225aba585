import { type Command, Option } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { paint } from '../console.ts'
import { parseGates } from '../flags.ts'
import { readSources } from '../sources.ts'
import type { Problem } from '../validate.ts'

interface ValidateOptions {
  readonly output: 'text' | 'json'
  readonly featureGates?: Readonly<Record<string, boolean>>
}

/** `bonsai validate`: what a v1.35 API server would say to each document, with the line that is at fault. */
export function addValidateCommand(program: Command, { console, finish }: CommandContext): void {
  program
    .command('validate')
    .description('Check manifests as a v1.35 API server would, with strict fields, and point at the line at fault.')
    .argument('[files...]', 'files or directories; standard input when absent or -')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .option('--feature-gates <gates>', "gates that differ from v1.35's defaults: A=true,B=false", parseGates)
    .action(async (files: readonly string[], options: ValidateOptions) => {
      const { validateSources } = await import('../validate.ts')
      const sources = await readSources(files.length === 0 ? ['-'] : files, console)
      const { checked, problems } = await validateSources(sources, options.featureGates ?? {})
      if (options.output === 'json') {
        console.out(`${JSON.stringify({ checked, problems }, null, 2)}\n`)
      } else {
        for (const problem of problems) console.out(`${format(problem)}\n`)
        const verdict =
          problems.length === 0
            ? paint(console, 'good', 'all valid')
            : paint(console, 'bad', `${problems.length} problems`)
        console.err(`${checked} objects checked: ${verdict}\n`)
      }
      if (problems.length > 0) finish(1)
    })

  function format({ file, line, column, object, message }: Problem): string {
    const place = paint(console, 'bold', `${file}:${line}:${column}`)
    return `${place}: ${object === '' ? '' : `${object}: `}${message}`
  }
}
