import { type ApplyResult, describeFailure } from '../cluster/apply.ts'
import { type Console, paint } from './console.ts'

/** Says of each refused object what was wrong with it. True when there was any. */
export function printFailures(console: Console, results: readonly ApplyResult[]): boolean {
  const failed = results.filter((result) => result.action === 'failed')
  for (const result of failed) console.err(`${paint(console, 'bad', 'refused')} ${describeFailure(result)}\n`)
  return failed.length > 0
}
