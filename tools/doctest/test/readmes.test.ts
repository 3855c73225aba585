import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { instrument, programs } from '../src/extract.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const execute = promisify(execFile)

const pages = [
  { page: 'README.md', home: 'packages/kube-bonsai' },
  ...readdirSync(join(root, 'packages')).map((folder) => ({
    page: `packages/${folder}/README.md`,
    home: `packages/${folder}`,
  })),
].filter(({ page }) => existsSync(join(root, page)))

describe('examples in the READMEs run as they stand', () => {
  for (const { page, home } of pages) {
    const found = programs(readFileSync(join(root, page), 'utf8'))
    found.forEach(({ line, source }, index) => {
      test(`${page}, line ${line}`, async () => {
        const folder = join(root, home, '.doctest')
        mkdirSync(folder, { recursive: true })
        const file = join(folder, `${page.replaceAll('/', '_')}-${index}.ts`)
        writeFileSync(file, instrument(source, `${page}:${line}`))
        try {
          await execute(process.execPath, ['--conditions=bonsai-source', '--import', 'tsx', file], {
            cwd: join(root, home),
            timeout: 60_000,
          })
        } finally {
          rmSync(file)
        }
      })
    })
  }
})

describe('the extractor', () => {
  test('turns an arrow comment into an assertion', async () => {
    const [program] = programs('```ts\n1 + 1 // => 3\n```')
    expect(instrument(program!.source, 'here')).toContain('1 + 1')
  })

  test('an assertion that does not hold fails', async () => {
    const code = instrument('const sum = 1 + 1 // => 3', 'here')
    const run = execute(process.execPath, ['--input-type=module', '--eval', code])
    await expect(run).rejects.toThrow(/here, line 1/)
  })
})
