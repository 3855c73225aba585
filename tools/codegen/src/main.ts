import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findDrift, readTree } from './drift.ts'
import { readInputs } from './inputs.ts'
import { buildOutputs } from './outputs.ts'
import { withEntries } from './package-exports.ts'

const usage = `pnpm codegen --swagger FILE|URL --openapi-v3 FOLDER --discovery FOLDER [--check] [--pin]

Writes packages/api-types/src/generated and the package's exports from Kubernetes' documents.
  --check  writes nothing, fails where the committed files differ, prints removed and changed public names
  --pin    accepts documents with new digests and records them in tools/codegen/inputs.json

pnpm codegen verify-samples --dir FOLDER

Checks and decodes the JSON and YAML samples of k8s.io/api's testdata.`

const packageFolder = fileURLToPath(new URL('../../../packages/api-types', import.meta.url))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    swagger: { type: 'string' },
    'openapi-v3': { type: 'string' },
    discovery: { type: 'string' },
    dir: { type: 'string' },
    check: { type: 'boolean', default: false },
    pin: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

process.exitCode = await main()

async function main(): Promise<number> {
  if (positionals[0] === 'verify-samples' && values.dir) return verify(values.dir)
  const { swagger, 'openapi-v3': openApiV3, discovery } = values
  if (values.help || positionals.length > 0 || !swagger || !openApiV3 || !discovery) {
    console.error(usage)
    return values.help ? 0 : 2
  }
  const inputs = await readInputs({ swagger, openApiV3, discovery }, values.pin)
  const outputs = buildOutputs(inputs)
  const manifestPath = join(packageFolder, 'package.json')
  const manifest = readFileSync(manifestPath, 'utf8')
  const before = new Map([...readTree(join(packageFolder, 'src/generated')), ['package.json', manifest]])
  const after = new Map([...outputs.files, ['package.json', withEntries(manifest, outputs.entries)]])
  const drift = findDrift(before, after)
  for (const name of drift.removed) console.log(`removed  ${name}`)
  for (const name of drift.changed) console.log(`changed  ${name}`)
  if (values.check) {
    for (const name of drift.files) console.error(`differs  ${name}`)
    return drift.files.length === 0 ? 0 : 1
  }
  for (const name of drift.files) {
    const path = name === 'package.json' ? manifestPath : join(packageFolder, 'src/generated', name)
    const text = after.get(name)
    mkdirSync(dirname(path), { recursive: true })
    if (text === undefined) rmSync(path)
    else writeFileSync(path, text)
  }
  console.log(`${after.size} files, ${drift.files.length} written`)
  return 0
}

async function verify(folder: string): Promise<number> {
  // Imported here: without generated files, the generator must still run.
  const { verifySamples } = await import('./verify-samples.ts')
  const { checked, otherKinds, failures } = await verifySamples(folder)
  for (const line of failures) console.error(line)
  console.log(`${checked} samples checked, ${failures.length} failures, ${otherKinds} of kinds outside the OpenAPI`)
  return failures.length === 0 ? 0 : 1
}
