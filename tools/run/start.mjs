// `npm start`: installs and builds what is needed, then serves a three-node cluster with a demo application.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { checkNode, install, root, run } from './steps.mjs'

checkNode()
async function prepare(title, work) {
  process.stdout.write(`${title} ... `)
  const started = Date.now()
  const { code, output } = await work()
  console.log(code === 0 ? `${((Date.now() - started) / 1000).toFixed(1)} s` : 'failed')
  if (code === 0) return
  console.error(output)
  process.exit(1)
}
await prepare('Installing', install)
await prepare('Building', () =>
  run('turbo', ['run', 'build', '--filter=kube-bonsai', '--output-logs=errors-only'], { quiet: true }),
)

const extra = process.argv.slice(2)
const child = spawn(
  process.execPath,
  [join(root, 'packages/kube-bonsai/bin/bonsai.js'), 'up', '--nodes', '3', '-f', join(root, 'docs/demo'), ...extra],
  { stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('close', (code) => process.exit(code ?? 0))
