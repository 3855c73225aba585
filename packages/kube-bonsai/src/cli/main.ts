import { Command, CommanderError } from 'commander'
import { CliError } from './cli-error.ts'
import { addKyamlCommand } from './commands/kyaml.ts'
import { addRunCommand } from './commands/run.ts'
import { addScheduleCommand } from './commands/schedule.ts'
import { addUpCommand } from './commands/up.ts'
import { addValidateCommand } from './commands/validate.ts'
import { addVersionCommand } from './commands/version.ts'
import { type Console, processConsole } from './console.ts'

/** Exit codes: all went well; something was found wrong; the command line itself is wrong. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const

/**
 * The `bonsai` command. Resolves with the exit code; never exits the process itself and never rejects.
 * @param argv what stands after the command's name
 */
export async function main(argv: readonly string[], console: Console = processConsole()): Promise<number> {
  let code: number = exitCodes.ok
  const program = new Command('bonsai')
    .description('Kubernetes v1.35 in one process: a cluster for tests, what-ifs and real kubectl.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => console.out(text),
      writeErr: (text) => console.err(text),
      getOutHasColors: () => console.colour,
      getErrHasColors: () => console.colour,
    })
    .showHelpAfterError('(bonsai --help lists the commands, bonsai COMMAND --help their flags)')
  const finish = (exit: number) => {
    code = exit
  }
  const context = { console, finish }
  for (const add of [
    addUpCommand,
    addRunCommand,
    addScheduleCommand,
    addValidateCommand,
    addKyamlCommand,
    addVersionCommand,
  ]) {
    add(program, context)
  }
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (error instanceof CliError) {
      console.err(`error: ${error.message}\n${error.advice === undefined ? '' : `${error.advice}\n`}`)
      return error.usage ? exitCodes.usage : exitCodes.failed
    }
    console.err(`error: ${describe(error)}\n`)
    return exitCodes.failed
  }
}

// What users cause; everything else is a fault of ours and shows where it happened.
const expected = new Set([
  'FeatureGateError',
  'UnreadableManifestError',
  'StatusError',
  'DurationError',
  'SchedulerConfigError',
  'StrictDecodingError',
  'ChaosScriptError',
  'KubeletStartError',
  'NodesFileError',
])

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const refusedByHost = 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)
  return expected.has(error.name) || refusedByHost ? error.message : (error.stack ?? error.message)
}
