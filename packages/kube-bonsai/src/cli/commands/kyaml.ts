import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { readSources, type Source } from '../sources.ts'

interface KyamlOptions {
  readonly compact?: boolean
  readonly check?: boolean
  readonly write?: boolean
}

/** `bonsai kyaml`: any YAML or JSON as KYAML, comments kept. */
export function addKyamlCommand(program: Command, { console, finish }: CommandContext): void {
  program
    .command('kyaml')
    .description('Print YAML or JSON as KYAML, comments kept.')
    .argument('[files...]', 'files or directories; standard input when absent or -')
    .option('--compact', 'one line per document')
    .option('--check', 'print nothing but the files that are not formatted so; exit 1 when there are any')
    .option('-w, --write', 'write each file back instead of printing it')
    .action(async (files: readonly string[], options: KyamlOptions) => {
      if (options.check && options.write) throw new CliError('--check and --write exclude each other', { usage: true })
      const { formatKyaml } = await import('@kube-bonsai/kyaml')
      const sources = await readSources(files.length === 0 ? ['-'] : files, console)
      let failed = false
      for (const source of sources) {
        const text = await format(source, (input) => formatKyaml(input, { compact: options.compact ?? false }))
        if (text instanceof Error) {
          console.err(`${source.file}: ${text.message}\n`)
          failed = true
        } else if (options.check) {
          if (text === source.text) continue
          console.out(`${source.file}\n`)
          failed = true
        } else if (options.write && source.file !== '<stdin>') {
          if (text !== source.text) await writeFile(source.file, text)
        } else console.out(text)
      }
      if (failed) finish(1)
    })
}

async function format(source: Source, convert: (text: string) => string): Promise<string | Error> {
  try {
    return convert(source.text)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
