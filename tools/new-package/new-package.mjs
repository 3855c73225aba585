// Scaffolds a package: node tools/new-package/new-package.mjs NAME LAYER "description" [DEP...]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const [name, layer, description, ...deps] = process.argv.slice(2)
const layers = ['values', 'api', 'semantics', 'control-plane', 'testing', 'facade']
if (!name || !layers.includes(layer) || !description) {
  console.error(`usage: new-package NAME ${layers.join('|')} DESCRIPTION [DEPENDENCY...]`)
  process.exit(2)
}
const folder = join(root, 'packages', name)
if (existsSync(join(folder, 'package.json'))) {
  console.error(`packages/${name} exists already`)
  process.exit(1)
}
const write = (path, text) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
const json = (value) => `${JSON.stringify(value, null, 2)}\n`
const web = layer === 'control-plane' || layer === 'facade'
const own = deps.filter((dep) => existsSync(join(root, 'packages', dep)))
const foreign = deps.filter((dep) => !own.includes(dep))
const entries = [
  ...own.map((dep) => [`@kube-bonsai/${dep}`, 'workspace:^']),
  ...foreign.map((dep) => [dep, 'catalog:']),
].sort(([a], [b]) => (a < b ? -1 : 1))

write(
  'package.json',
  json({
    name: layer === 'facade' ? name : `@kube-bonsai/${name}`,
    version: '0.1.0',
    description,
    license: 'Apache-2.0',
    keywords: ['kubernetes', 'bonsai'],
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.19' },
    exports: {
      '.': { 'bonsai-source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
      './internal/*': null,
      './package.json': './package.json',
    },
    files: ['dist', 'src', '!dist/.tsbuildinfo'],
    publishConfig: { access: 'public' },
    scripts: { build: 'tsc -b' },
    ...(entries.length > 0 && { dependencies: Object.fromEntries(entries) }),
  }),
)
write(
  'tsconfig.json',
  json({
    extends: '../../tsconfig.base.json',
    ...(web && { compilerOptions: { lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'] } }),
    include: web ? ['src'] : ['src', '../../types/universal.d.ts'],
    references: own.map((dep) => ({ path: `../${dep}` })),
  }),
)
write('turbo.json', json({ extends: ['//'], tags: [layer] }))
write('README.md', `# ${layer === 'facade' ? name : `@kube-bonsai/${name}`}\n\n${description}.\n`)
write('src/index.ts', 'export {}\n')
const tsconfig = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
tsconfig.references.push({ path: `packages/${name}` })
writeFileSync(join(root, 'tsconfig.json'), json(tsconfig))
