import { readFileSync } from 'node:fs'
import { compareResourceVersions, ResourceVersionError } from '@kube-bonsai/resource-version'
import { expect, test } from 'vitest'

interface Case {
  readonly in: { readonly a: string; readonly b: string }
  readonly out?: { readonly cmp: number }
  readonly error?: string
}

const cases: readonly Case[] = readFileSync(new URL('golden/compare.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

const answer = ({ a, b }: Case['in']): Pick<Case, 'out' | 'error'> => {
  try {
    return { out: { cmp: compareResourceVersions(a, b) } }
  } catch (error) {
    if (error instanceof ResourceVersionError) return { error: error.message }
    throw error
  }
}

test.each(cases)('$in.a and $in.b as v1.35.4 compares them', ({ in: given, ...expected }) => {
  expect(answer(given)).toEqual(expected)
})
