// Makes `npx bonsai` work at the root. A dependency of the root on the package would do too, but turbo counts the root's
// dependencies as everybody's, and then no layer could be told from another.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.mjs'

const folder = join(root, 'node_modules/.bin')
mkdirSync(folder, { recursive: true })
rmSync(join(folder, 'bonsai'), { force: true })
if (process.platform === 'win32') {
  writeFileSync(join(folder, 'bonsai.cmd'), '@node "%~dp0\\..\\..\\packages\\kube-bonsai\\bin\\bonsai.js" %*\r\n')
} else {
  symlinkSync('../../packages/kube-bonsai/bin/bonsai.js', join(folder, 'bonsai'))
}
