// Bundles every entry of every public package as a browser would get it and prints its size; --write keeps the table in docs/sizes.md.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from '../run/steps.mjs'

const rows = []
for (const folder of readdirSync(join(root, 'packages'))) {
  const path = join(root, 'packages', folder)
  if (!existsSync(join(path, 'package.json'))) continue
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  for (const [entry, target] of Object.entries(manifest.exports)) {
    if (target === null || entry === './package.json' || entry.includes('*') || typeof target.default !== 'string')
      continue
    const result = await build({
      entryPoints: [join(path, target.default)],
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['import', 'browser'],
      splitting: true,
      outdir: 'out',
      metafile: true,
      external: ['node:*', 'ws', '@peculiar/x509', 'reflect-metadata', 'commander', 'fast-check'],
      logLevel: 'silent',
    })
    // With splitting, the first output is what the import itself costs; the rest loads on demand.
    const outputs = Object.entries(result.metafile.outputs)
    const wanted = relative(process.cwd(), join(path, target.default))
    const [entryFile] = outputs.find(([, output]) => output.entryPoint === wanted) ?? ['']
    const eager = eagerFiles(result.outputFiles, entryFile)
    const gzip = (files) => files.reduce((sum, file) => sum + gzipSync(file.contents).length, 0)
    rows.push([join(manifest.name, entry), gzip(eager), gzip(result.outputFiles)])
  }
}

/** The entry's output and the chunks that it imports statically. */
function eagerFiles(files, entry) {
  const byName = new Map(files.map((file) => [file.path.split('/').pop(), file]))
  const found = new Set()
  const visit = (file) => {
    if (found.has(file)) return
    found.add(file)
    for (const [, name] of file.text.matchAll(/(?:from|import)"\.\/([^"]+)"/g))
      if (byName.has(name)) visit(byName.get(name))
  }
  visit(files.find((file) => file.path.endsWith(entry)) ?? files[0])
  return [...found]
}

const kb = (bytes) => `${(bytes / 1024).toFixed(1)} kB`
const width = Math.max(...rows.map(([name]) => name.length))
console.log(`${'entry'.padEnd(width)}  import   with all that loads on demand (gzip)`)
for (const [name, eager, all] of rows)
  console.log(`${name.padEnd(width)}  ${kb(eager).padStart(8)}  ${kb(all).padStart(8)}`)
if (process.argv.includes('--write')) {
  const table = rows.map(([name, eager, all]) => `| \`${name}\` | ${kb(eager)} | ${kb(all)} |`).join('\n')
  const head =
    '# Sizes\n\nMinified and gzipped, libraries included, printed by `pnpm size --write`. The second figure adds what loads on demand.\n'
  writeFileSync(join(root, 'docs/sizes.md'), `${head}\n| entry | import | all |\n| --- | --: | --: |\n${table}\n`)
}
