// House rules that no linter knows: layers, references, forbidden globals, READMEs. Prints the layers; exits 1 on a breach.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../run/steps.mjs'

const order = ['values', 'api', 'semantics', 'control-plane', 'testing', 'facade']
// Imports inside one layer, as docs/architecture.md lists them.
const besides = {
  'api-types': ['apimachinery'],
  cel: ['apimachinery'],
  'component-helpers': ['apimachinery', 'api-types'],
  patch: ['apimachinery', 'api-types'],
  apiserver: ['storage'],
  controllers: ['client'],
}
const breaches = []
const breach = (where, what) => breaches.push(`${where}: ${what}`)
const read = (path) => readFileSync(path, 'utf8')

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (entry.name !== 'generated') yield* sources(path)
    } else if (/\.tsx?$/.test(entry.name)) yield path
  }
}

const packages = readdirSync(join(root, 'packages'))
  .filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
  .map((folder) => {
    const path = join(root, 'packages', folder)
    const manifest = JSON.parse(read(join(path, 'package.json')))
    return { folder, path, manifest, layer: JSON.parse(read(join(path, 'turbo.json'))).tags[0] }
  })
const byName = new Map(packages.map((entry) => [entry.manifest.name, entry]))

for (const { folder, path, manifest, layer } of packages) {
  if (!order.includes(layer)) breach(folder, `turbo.json must carry one of the tags ${order.join(', ')}`)
  const own = Object.keys(manifest.dependencies ?? {}).filter((name) => byName.has(name))
  for (const name of own) {
    const other = byName.get(name)
    const distance = order.indexOf(layer) - order.indexOf(other.layer)
    if (distance < 0) breach(folder, `imports ${other.folder} of the higher layer ${other.layer}`)
    if (distance === 0 && !besides[folder]?.includes(other.folder))
      breach(folder, `imports ${other.folder} of its own layer`)
  }
  const references = JSON.parse(read(join(path, 'tsconfig.json'))).references.map((reference) =>
    reference.path.slice(3),
  )
  const wanted = own.map((name) => byName.get(name).folder)
  for (const name of wanted.filter((entry) => !references.includes(entry)))
    breach(folder, `tsconfig.json lacks a reference to ../${name}`)
  for (const name of references.filter((entry) => !wanted.includes(entry)))
    breach(folder, `tsconfig.json refers to ../${name}, which it does not depend on`)
  const readme = existsSync(join(path, 'README.md')) ? read(join(path, 'README.md')) : ''
  if (!readme.includes('```ts')) breach(folder, 'README.md has no ```ts example')

  const impure =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bset(?:Timeout|Interval|Immediate)\(|\bprocess\.|\bperformance\.now\(|from 'node:|\bglobalThis\.fetch\b/
  const free = folder === 'kube-bonsai'
  for (const file of sources(join(path, 'src'))) {
    const where = relative(root, file)
    const text = read(file)
    const lines = text.split('\n')
    if (/@ts-ignore|@ts-expect-error|@ts-nocheck/.test(text)) breach(where, 'silences the compiler')
    if (free || /clock\/src\/(system|host)[^/]*\.ts$/.test(where)) continue
    lines.forEach((line, index) => {
      const code = line.replace(/\/\/.*$|\/\*.*\*\//g, '')
      if (/^\s*\*|^\s*\/\*/.test(line)) return
      if (/\bas any\b|[:<] ?any\b(?! \w)/.test(code.replace(/'[^']*'/g, '')))
        breach(`${where}:${index + 1}`, 'uses any')
      if (impure.test(code))
        breach(`${where}:${index + 1}`, `reaches around the clock, the seed or the host: ${code.trim().slice(0, 80)}`)
    })
  }
}
for (const layer of order) {
  console.log(
    `${layer.padEnd(14)} ${packages
      .filter((entry) => entry.layer === layer)
      .map((entry) => entry.folder)
      .join(', ')}`,
  )
}
if (breaches.length > 0) {
  console.error(`\n${breaches.length} breaches of the house rules (docs/architecture.md):`)
  for (const line of breaches) console.error(`  ${line}`)
  process.exit(1)
}
console.log(`${packages.length} packages keep the house rules`)
