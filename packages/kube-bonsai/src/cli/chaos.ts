import type { ChaosRun } from '../chaos/play.ts'
import type { ChaosScript } from '../chaos/script.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type Console, paint } from './console.ts'
import { readSources } from './sources.ts'
import { formatTable } from './table.ts'

/** Reads the script for a cluster with these nodes. Throws a ChaosScriptError, or a CliError when the file is not there. */
export async function readScript(path: string, nodes: readonly string[], console: Console): Promise<ChaosScript> {
  const { readChaosScript } = await import('../chaos/read.ts')
  const [source] = await readSources([path], console)
  return readChaosScript(source?.text ?? '', { file: source?.file ?? path, nodes })
}

/** Lets a script act on a cluster from now on. */
export async function startChaos(cluster: Cluster, script: ChaosScript, seed: string): Promise<ChaosRun> {
  const { playChaos } = await import('../chaos/play.ts')
  return playChaos(cluster, script, { seed })
}

/** Prints what was done to nodes, with the time since the start. */
export function printChaos(console: Console, { events }: ChaosRun, start: number): void {
  console.out(`${paint(console, 'bold', 'What happened to nodes')}\n\n`)
  if (events.length === 0) {
    console.out('nothing; the cluster had settled before\n\n')
    return
  }
  const rows = events.map(({ time, node, action, problem }) => [
    `${Math.round((time - start) / 1000)}s`,
    node,
    action,
    problem === undefined ? paint(console, 'good', 'done') : paint(console, 'bad', problem),
  ])
  console.out(`${formatTable(['AFTER', 'NODE', 'EVENT', 'RESULT'], rows)}\n`)
}
