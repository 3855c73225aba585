import type { DecideOptions } from './snapshot.ts'
import { SnapshotError } from './snapshot-error.ts'

const known = {
  mode: ['once', 'settle'],
  preemption: ['immediate', 'graceful'],
  tieBreak: ['lexical', 'upstream'],
} as const

/** Checks options and fills in what is missing. Throws SnapshotError. */
export function completeOptions(given: Readonly<Record<string, unknown>> = {}): DecideOptions {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(known, name) && name !== 'maxAttempts')
      throw new SnapshotError(`options: unknown option ${JSON.stringify(name)}`, { field: `options.${name}` })
  }
  return {
    mode: choice(given, 'mode', known.mode),
    preemption: choice(given, 'preemption', known.preemption),
    tieBreak: choice(given, 'tieBreak', known.tieBreak),
    maxAttempts: attempts(given['maxAttempts']),
  }
}

function choice<T extends string>(
  given: Readonly<Record<string, unknown>>,
  name: string,
  allowed: readonly [T, ...T[]],
): T {
  const value = Object.hasOwn(given, name) ? given[name] : undefined
  if (value === undefined || value === null || value === '') return allowed[0]
  const found = allowed.find((entry) => entry === value)
  if (found !== undefined) return found
  throw new SnapshotError(`options: ${JSON.stringify(value)} is not one of ${allowed.join(', ')}`, {
    field: `options.${name}`,
  })
}

function attempts(value: unknown): number {
  if (value === undefined || value === null || value === 0) return 20
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw new SnapshotError('options: maxAttempts must be positive', { field: 'options.maxAttempts' })
}
