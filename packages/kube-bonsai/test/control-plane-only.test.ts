import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Console } from '../src/cli/console.ts'
import { main } from '../src/cli/main.ts'

const home = mkdtempSync(join(tmpdir(), 'bonsai-up-'))
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('up serves the control plane alone, knows people by token, and takes addresses from its range', async () => {
  const tokens = join(home, 'tokens.csv')
  writeFileSync(tokens, 'secret-1,jane,uid-jane,"system:masters"\n')
  const lines: string[] = []
  let stop = () => {}
  const until = new Promise<void>((resolve) => {
    stop = resolve
  })
  const { promise, found } = firstLine()
  const console: Console = {
    out: (text) => found(text),
    err: (text) => lines.push(text),
    interactive: false,
    colour: false,
    readStdin: async () => '',
    interrupted: () => until,
  }
  const args = [
    '--control-plane-only',
    '--http',
    '--token-auth-file',
    tokens,
    '--service-cluster-ip-range',
    '10.0.0.0/16',
  ]
  const ended = main(['up', ...args, '--kubeconfig', join(home, 'config'), '-o', 'json'], console)
  const { url } = JSON.parse(await promise) as { readonly url: string }
  const ask = (path: string, token: string) => fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  expect((await ask('/api/v1/nodes', 'secret-2')).status).toBe(401)
  expect(await (await ask('/api/v1/nodes', 'secret-1')).json()).toMatchObject({ kind: 'NodeList', items: [] })
  expect(await (await ask('/api/v1/namespaces/default/services/kubernetes', 'secret-1')).json()).toMatchObject({
    spec: { clusterIP: '10.0.0.1' },
  })
  stop()
  expect(await ended).toBe(0)
  expect(lines).toEqual([])
})

function firstLine() {
  let found: (text: string) => void = () => {}
  const promise = new Promise<string>((resolve) => {
    found = resolve
  })
  return { promise, found: (text: string) => found(text) }
}
