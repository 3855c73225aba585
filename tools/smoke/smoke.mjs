// Packs every public package, installs each tarball with npm into an empty folder, imports every entry and type-checks it.
// No network: the dependencies of others come as tarballs packed from node_modules.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run } from '../run/steps.mjs'

const only = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'bonsai-smoke-'))
const packages = readdirSync(join(root, 'packages'))
  .map((folder) => ({ folder, path: join(root, 'packages', folder) }))
  .filter(({ path }) => existsSync(join(path, 'package.json')))
  .map((entry) => ({ ...entry, manifest: JSON.parse(readFileSync(join(entry.path, 'package.json'), 'utf8')) }))
  .filter(({ manifest }) => manifest.private !== true)
const ours = new Map(packages.map((entry) => [entry.manifest.name, entry]))

/** The folder of a dependency as `from` sees it. */
function locate(name, from) {
  const require = createRequire(join(from, 'package.json'))
  for (const folder of require.resolve.paths(name) ?? []) {
    if (existsSync(join(folder, name, 'package.json'))) return realpathSync(join(folder, name))
  }
  throw new Error(`${name} is not installed for ${from}`)
}

/** Every package that `path` needs, by name, with the folder it lies in. */
function closure(path, manifest, found = new Map()) {
  const needed = { ...manifest.dependencies, ...manifest.peerDependencies }
  for (const name of Object.keys(needed)) {
    if (found.has(name)) continue
    if (manifest.peerDependenciesMeta?.[name]?.optional) continue
    const folder = ours.get(name)?.path ?? locate(name, path)
    found.set(name, folder)
    closure(folder, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')), found)
  }
  return found
}

const tarballs = new Map()
async function pack(folder, name) {
  if (tarballs.has(folder)) return tarballs.get(folder)
  const target = join(work, 'tarballs', String(tarballs.size))
  mkdirSync(target, { recursive: true })
  const answer = ours.has(name)
    ? await run('pnpm', ['pack', '--pack-destination', target], { quiet: true, cwd: folder })
    : await packInstalled(folder, target)
  const file = readdirSync(target).find((entry) => entry.endsWith('.tgz'))
  if (answer.code !== 0 || !file) throw new Error(`cannot pack ${name}: ${answer.output}`)
  tarballs.set(folder, join(target, file))
  return join(target, file)
}

/** npm will not pack what lies in node_modules; a package's tarball is its folder under the name `package`. */
function packInstalled(folder, target) {
  cpSync(folder, join(target, 'package'), {
    recursive: true,
    dereference: true,
    filter: (path) => !path.slice(folder.length).includes('node_modules'),
  })
  return run('tar', ['-czf', 'package.tgz', 'package'], { quiet: true, cwd: target })
}

/** The module names that a package's exports offer; patterns are left out. */
function entries(manifest) {
  return Object.entries(manifest.exports)
    .filter(([path, target]) => target !== null && !path.includes('*') && path !== './package.json')
    .map(([path]) => join(manifest.name, path))
}

async function check({ folder, path, manifest }) {
  const problems = []
  const home = join(work, folder)
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  const files = [await pack(path, manifest.name)]
  for (const [name, dependency] of closure(path, manifest)) files.push(await pack(dependency, name))
  const installed = await run(
    'npm',
    ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', ...files],
    { quiet: true, cwd: home },
  )
  if (installed.code !== 0) return [`npm install: ${installed.output}`]

  const names = entries(manifest)
  writeFileSync(join(home, 'consumer.mjs'), names.map((name) => `await import(${JSON.stringify(name)})\n`).join(''))
  const imported = await run(process.execPath, ['consumer.mjs'], { quiet: true, cwd: home })
  if (imported.code !== 0) problems.push(`import: ${imported.output}`)

  writeFileSync(
    join(home, 'consumer.ts'),
    names
      .map(
        (name, index) =>
          `import * as m${index} from ${JSON.stringify(name)}\nexport const k${index}: string[] = Object.keys(m${index})\n`,
      )
      .join(''),
  )
  const common = [
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--lib',
    'es2023,dom,dom.iterable',
    '--types',
    '',
    'consumer.ts',
  ]
  const modes = {
    nodenext: ['--module', 'nodenext'],
    bundler: ['--module', 'esnext', '--moduleResolution', 'bundler', '--skipLibCheck'],
  }
  for (const [mode, flags] of Object.entries(modes)) {
    const typed = await run(join(root, 'node_modules/.bin/tsc'), ['--skipLibCheck', ...flags, ...common], {
      quiet: true,
      cwd: home,
    })
    if (typed.code !== 0) problems.push(`types under ${mode}: ${typed.output}`)
  }
  const linted = await run('publint', ['--strict', path], { quiet: true })
  if (linted.code !== 0) problems.push(`publint: ${linted.output}`)
  return problems
}

let bad = 0
try {
  const queue = packages.filter(({ folder }) => only.length === 0 || only.includes(folder))
  for (const entry of queue) await pack(entry.path, entry.manifest.name)
  const worker = async () => {
    for (let entry = queue.shift(); entry; entry = queue.shift()) {
      const problems = await check(entry)
      console.log(
        `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${entry.manifest.name}: ${entries(entry.manifest).length} entries`,
      )
      for (const problem of problems) console.log(`     ${problem}`)
      if (problems.length > 0) bad++
    }
  }
  await worker()
} finally {
  rmSync(work, { recursive: true, force: true })
}
process.exit(bad === 0 ? 0 : 1)
