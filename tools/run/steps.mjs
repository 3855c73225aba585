// What `npm start` and `npm test` share: finding the root, installing with a pinned pnpm, running a step.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
export const pnpmVersion = manifest.devEngines.packageManager.version

/** Fails early, with what to do, where Node is too old for what we build on. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(
    `Bonsai needs Node 20.19 or newer; this is ${process.version}. Install a newer Node and run this again.`,
  )
  process.exit(1)
}

/** Runs a command at the root with the workspace's tools on PATH. Resolves with the exit code and, if kept, the output. */
export function run(command, args, { quiet = false, env = {}, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
      env: {
        ...process.env,
        PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
        TURBO_TELEMETRY_DISABLED: '1',
        DO_NOT_TRACK: '1',
        ...env,
      },
    })
    let output = ''
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}\n` }))
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), output }))
  })
}

/** Installs what the lockfile names, unless that has been done for this very lockfile. */
export async function install() {
  const lock = readFileSync(join(root, 'pnpm-lock.yaml'))
  const digest = createHash('sha256').update(lock).update(process.version).digest('hex')
  const stamp = join(root, 'node_modules/.bonsai-install')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return { code: 0, output: '' }
  const answer = await run('npx', ['-y', `pnpm@${pnpmVersion}`, 'install', '--frozen-lockfile'], { quiet: true })
  if (answer.code === 0) {
    mkdirSync(dirname(stamp), { recursive: true })
    writeFileSync(stamp, digest)
  }
  return answer
}
