import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type PluginPolicy, validatePluginPolicy } from '../src/index.ts'

interface Case {
  readonly in: PluginPolicy
  readonly out: { readonly valid: boolean; readonly error?: string }
}

test('policies for credential plugins are judged as kubectl judges them', () => {
  const golden = new URL('golden/credential-plugin-validate.ndjson', import.meta.url)
  for (const line of readFileSync(golden, 'utf8').trim().split('\n')) {
    const { in: policy, out } = JSON.parse(line) as Case
    if (out.error === undefined) expect(() => validatePluginPolicy(policy)).not.toThrow()
    else expect(() => validatePluginPolicy(policy)).toThrow(out.error)
  }
})
