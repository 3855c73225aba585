import { readFileSync } from 'node:fs'
import { createFeatureGates, type FeatureGateSet } from '@kube-bonsai/feature-gates'
import { expect, test } from 'vitest'

interface Case {
  readonly in: { readonly emulation: string; readonly set: readonly string[] }
  readonly error?: string
  readonly out?: {
    readonly string: string
    readonly known?: readonly string[]
    readonly enabled?: readonly string[]
    readonly on?: readonly string[]
    readonly off?: readonly string[]
  }
}

const cases: readonly Case[] = readFileSync(new URL('golden/settings.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

const enabledOf = (gates: FeatureGateSet): string[] =>
  // A gate that an emulated version does not have yet is off and is not listed.
  gates
    .features()
    .map((feature) => feature.name)
    .filter((name) => gates.enabled(name))
    .sort()

const outcome = ({ in: given }: Case): { gates: FeatureGateSet } | { error: string } => {
  try {
    return { gates: createFeatureGates({ emulationVersion: given.emulation, set: given.set }) }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

// Upstream lists faults in the order of a Go map.
const parts = (message: string): string[] => {
  const list = /^\[(.*)\]$/s.exec(message)
  return list === null ? [message] : (list[1] ?? '').split(/, (?=cannot set feature gate |\w+ is enabled, )/).sort()
}

test.each(cases)('$in.set at $in.emulation as the binaries of v1.35.4 answer', (given) => {
  const answer = outcome(given)
  if (given.error !== undefined) {
    expect('error' in answer && parts(answer.error)).toEqual(parts(given.error))
    return
  }
  if (!('gates' in answer)) throw new Error(answer.error)
  const { gates } = answer
  const { string, known, enabled: wanted, on, off } = given.out ?? {}
  expect(String(gates)).toBe(string)
  const enabled = enabledOf(gates)
  if (known !== undefined) expect(gates.known()).toEqual(known)
  if (wanted !== undefined) expect(enabled).toEqual(wanted)
  else {
    const defaults = new Set(enabledOf(createFeatureGates({ emulationVersion: given.in.emulation })))
    expect(enabled.filter((name) => !defaults.has(name))).toEqual(on)
    expect([...defaults].filter((name) => !enabled.includes(name)).sort()).toEqual(off)
  }
})
