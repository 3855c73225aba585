// `npm test`: installs, builds and checks everything, in the order in which failures are cheapest to find.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkNode, install, root, run } from './steps.mjs'

checkNode()
const seed = process.env.BONSAI_SEED ?? '20251217'
const report = join(root, 'node_modules/.cache/vitest-report.json')
let passed = 0
let failed = 0

async function step(title, work) {
  const started = Date.now()
  console.log(`\n=== ${title}`)
  const { code, output } = await work()
  if (code !== 0 && output) console.log(output)
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${title} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  if (code === 0) passed++
  else failed++
  return code === 0
}

function finish() {
  console.log(`\n${passed} passed, ${failed} failed`)
  process.exit(failed === 0 ? 0 : 1)
}

if (!(await step('install', install))) finish()
if (!(await step('build', () => run('turbo', ['run', 'build', '--output-logs=errors-only'], { quiet: true })))) finish()
await step('lint and format', () => run('biome', ['check', '--error-on-warnings', '.'], { quiet: true }))
await step('house rules', () => run('node', ['tools/layers/check.mjs'], { quiet: true }))
await step('boundaries', () => run('turbo', ['boundaries'], { quiet: true }))
await step('types of tests and tools', () => run('tsc', ['-p', 'tsconfig.tests.json'], { quiet: true }))

await step(`tests (BONSAI_SEED=${seed})`, async () => {
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
  rmSync(report, { force: true })
  const answer = await run('vitest', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`], {
    env: { BONSAI_SEED: seed, CI: process.env.CI ?? 'true' },
  })
  const counts = JSON.parse(readFileSync(report, 'utf8'))
  console.log(
    `${counts.numPassedTests} tests passed, ${counts.numFailedTests} failed, in ${counts.numTotalTestSuites} suites`,
  )
  passed += counts.numPassedTests
  failed += counts.numFailedTests
  return answer
})
await step('packed packages', () => run('node', ['tools/smoke/smoke.mjs'], { quiet: true }))
await step('sizes', () => run('node', ['tools/size/size.mjs']))
finish()
