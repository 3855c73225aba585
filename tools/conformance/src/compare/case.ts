import { type Answer, type Question, unsupportedPrefix } from '../protocol/answer.ts'
import { type Difference, differences } from './differences.ts'
import { normalised, sameError } from './rules.ts'

/** A recorded question and the answer of Kubernetes. */
export interface RecordedCase {
  readonly question: Question
  readonly expected: Answer
}

/** What came of one case. */
export type Outcome =
  | { readonly kind: 'same' }
  | { readonly kind: 'unsupported'; readonly reason: string }
  | { readonly kind: 'different'; readonly differences: readonly Difference[] }

const same: Outcome = { kind: 'same' }

/** Compares an answer with the recorded one, as strictly as its function allows. */
export function compareAnswer({ question: { fn }, expected }: RecordedCase, actual: Answer): Outcome {
  if ('error' in actual && actual.error.startsWith(unsupportedPrefix)) {
    return { kind: 'unsupported', reason: actual.error.slice(unsupportedPrefix.length) }
  }
  if ('error' in expected && 'error' in actual && sameError(fn, expected.error, actual.error)) return same
  const found =
    'out' in expected && 'out' in actual
      ? differences(normalised(fn, expected.out), normalised(fn, actual.out))
      : differences(expected, actual)
  return found.length === 0 ? same : { kind: 'different', differences: found }
}
