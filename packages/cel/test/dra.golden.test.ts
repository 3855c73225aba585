import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileDeviceSelector, type SelectedDevice } from '../src/index.ts'

interface Case {
  readonly in: SelectedDevice & { readonly expression: string; readonly consumableCapacity?: boolean }
  readonly out: object
}

const cases = readFileSync(new URL('./golden/device-selectors.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case)

describe('device selectors answer as v1.35.4', () => {
  it.each(cases)('$in.expression', ({ in: input, out }) => {
    const selector = compileDeviceSelector(input.expression)
    if ('error' in selector) {
      expect({ compileError: selector.error }).toEqual(out)
      return
    }
    const { cost, ...answer } = selector.matches(input)
    const told = 'error' in answer ? { evalError: answer.error } : answer
    expect({ ...told, cost: String(cost), maxCost: String(selector.maxCost) }).toEqual(out)
  })
})
