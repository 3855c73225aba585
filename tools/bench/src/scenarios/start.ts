import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Bench } from 'tinybench'
import { type Findings, rounded } from '../measure.ts'

const execute = promisify(execFile)
const cluster = fileURLToPath(new URL('../../../../packages/kube-bonsai/dist/index.js', import.meta.url))

const firstWrite = `
import { Cluster } from ${JSON.stringify(cluster)}
const cluster = await Cluster.create({ nodes: 3 })
await cluster.client.configMaps('default').create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })
process.exit(0)
`

/** From nothing to the first write in a cluster of three nodes, against a Node.js that does nothing: whole processes, built code. */
export async function start(): Promise<Findings> {
  const bench = new Bench({ time: 0, iterations: 15, warmupTime: 0, warmupIterations: 2 })
  bench.add('nothing', async () => void (await execute(process.execPath, ['-e', '0'])))
  bench.add('cluster', async () => void (await execute(process.execPath, ['--input-type=module', '-e', firstWrite])))
  await bench.run()
  const median = (name: string): number => {
    const result = bench.getTask(name)?.result
    if (result?.state !== 'completed') throw new Error(`${name} did not complete; are the packages built?`)
    return result.latency.p50
  }
  const [nothing, whole] = [median('nothing'), median('cluster')]
  return { 'node ms': rounded(nothing), 'first write ms': rounded(whole), ratio: rounded(whole / nothing) }
}
