import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { answer, type Question } from '../src/protocol/answer.ts'

const recorded = ['pod.conditions', 'pod.restart', 'kubelet.resources', 'topology.merge']

test.each(recorded)('%s answers as v1.35 does', async (fn) => {
  const lines = readFileSync(
    new URL(`../../../packages/kubelet-model/test/golden/${fn}.ndjson`, import.meta.url),
    'utf8',
  )
    .trim()
    .split('\n')
  for (const line of lines) {
    const { out, error, ...question } = JSON.parse(line) as Omit<Question, 'fn'> & { out?: unknown; error?: string }
    const expected = error === undefined ? { out } : { error }
    expect({ question, ...(await answer({ fn, ...question })) }).toEqual({ question, ...expected })
  }
})
