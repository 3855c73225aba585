import type { Command } from 'commander'
import { bonsaiVersion, kubernetesVersion } from '../../version.ts'
import type { CommandContext } from '../command-context.ts'

/** `bonsai version`: what this is, and which Kubernetes it models. */
export function addVersionCommand(program: Command, { console }: CommandContext): void {
  program
    .command('version')
    .description('Print the version of bonsai and of the Kubernetes that it models.')
    .option('-o, --output <format>', 'text or json', 'text')
    .action((options: { readonly output: string }, command: Command) => {
      if (options.output === 'json')
        console.out(`${JSON.stringify({ bonsai: bonsaiVersion, kubernetes: kubernetesVersion }, null, 2)}\n`)
      else if (options.output === 'text') console.out(`bonsai ${bonsaiVersion} (Kubernetes ${kubernetesVersion})\n`)
      else command.error(`error: unknown output format "${options.output}", use text or json`, { exitCode: 2 })
    })
}
