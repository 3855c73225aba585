import { readFileSync } from 'node:fs'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { describe, expect, test } from 'vitest'
import { parseConfiguration, Scheduler, SchedulerConfigError } from '../src/index.ts'

const cases: readonly { readonly config: unknown; readonly error: string | null }[] = JSON.parse(
  readFileSync(new URL('golden/configurations.json', import.meta.url), 'utf8'),
)
const gates = createFeatureGates()

/** The error that a configuration gives, when it is read or when a scheduler is made of it. */
function errorOf(config: unknown): string | null {
  try {
    new Scheduler({ now: () => 0, gates, configuration: parseConfiguration(config, gates) })
    return null
  } catch (error) {
    if (error instanceof SchedulerConfigError) return error.message
    throw error
  }
}

describe('takes and refuses configurations as kube-scheduler v1.35.4 does', () => {
  test.each(cases.map(({ config, error }) => [JSON.stringify(config), config, error] as const))(
    '%s',
    (_, config, error) => {
      expect(errorOf(config)).toBe(error)
    },
  )
})
