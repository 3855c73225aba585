// Packs every public package, installs each tarball with npm into an empty folder, imports every entry and type-checks it.
// No network: a registry on loopback serves them, with the dependencies of others packed from node_modules.
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
import { serveRegistry } from './registry.mjs'

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

/** The folders of everything that `path` needs, whatever the version. */
function closure(path, manifest, found = new Set()) {
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    if (manifest.peerDependenciesMeta?.[name]?.optional) continue
    const folder = ours.get(name)?.path ?? locate(name, path)
    if (found.has(folder)) continue
    found.add(folder)
    closure(folder, readManifest(folder), found)
  }
  return found
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

const tarballs = new Map()
/** The tarball of a folder, packed once. */
function pack(folder, name) {
  const known = tarballs.get(folder)
  if (known) return known
  const target = join(work, 'tarballs', String(tarballs.size))
  const packing = packInto(target, folder, name)
  tarballs.set(folder, packing)
  return packing
}

async function packInto(target, folder, name) {
  mkdirSync(target, { recursive: true })
  const answer = ours.has(name)
    ? await run('pnpm', ['pack', '--pack-destination', target], { quiet: true, cwd: folder })
    : await packInstalled(folder, target)
  const file = readdirSync(target).find((entry) => entry.endsWith('.tgz'))
  if (answer.code !== 0 || !file) throw new Error(`cannot pack ${name}: ${answer.output}`)
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

async function check({ folder, path, manifest }, registry) {
  const problems = []
  const home = join(work, folder)
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  const flags = [
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--ignore-scripts',
    `--registry=${registry}`,
    `--cache=${join(work, 'cache')}`,
  ]
  const installed = await run('npm', ['install', ...flags, manifest.name], { quiet: true, cwd: home })
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
  for (const name of Object.keys(manifest.bin ?? {})) {
    const answer = await run(join(home, 'node_modules/.bin', name), ['--help'], { quiet: true, cwd: home })
    if (answer.code !== 0) problems.push(`${name} --help: ${answer.output}`)
  }
  const linted = await run('publint', ['--strict', path], { quiet: true })
  if (linted.code !== 0) problems.push(`publint: ${linted.output}`)
  return problems
}

/** Packs everything that any of the packages needs, with the manifests as they were packed. */
async function packAll(list) {
  const folders = new Set(list.flatMap(({ path, manifest }) => [path, ...closure(path, manifest)]))
  const packed = []
  for (const folder of folders) {
    const tarball = await pack(folder, readManifest(folder).name)
    const { output } = await run('tar', ['-xzOf', tarball, 'package/package.json'], { quiet: true })
    packed.push({ manifest: JSON.parse(output), tarball })
  }
  return packed
}

let bad = 0
try {
  const queue = packages.filter(({ folder }) => only.length === 0 || only.includes(folder))
  const registry = await serveRegistry(await packAll(queue))
  const worker = async () => {
    for (let entry = queue.shift(); entry; entry = queue.shift()) {
      const problems = await check(entry, registry.address)
      console.log(
        `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${entry.manifest.name}: ${entries(entry.manifest).length} entries`,
      )
      for (const problem of problems) console.log(`     ${problem}`)
      if (problems.length > 0) bad++
    }
  }
  await Promise.all([worker(), worker()])
  await registry.close()
} finally {
  rmSync(work, { recursive: true, force: true })
}
process.exit(bad === 0 ? 0 : 1)
