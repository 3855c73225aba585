import { type Answer, answer, type Question } from '../protocol/answer.ts'
import { compareAnswer, type RecordedCase } from './case.ts'
import type { Difference } from './differences.ts'

/** One case that came out differently. */
export interface Mismatch {
  readonly question: Question
  readonly expected: Answer
  readonly actual: Answer
  readonly differences: readonly Difference[]
}

/** What came of the cases of one function. */
export interface FunctionReport {
  readonly fn: string
  readonly same: number
  readonly different: number
  readonly unsupported: number
  /** What was not supported, and how often. */
  readonly reasons: Readonly<Record<string, number>>
  /** The first differences. */
  readonly mismatches: readonly Mismatch[]
}

/** How a replay goes. */
export interface ReplayOptions {
  /** How many mismatches of each function are kept. */
  readonly keep: number
  /** Called after each case. */
  readonly onCase?: (fn: string, done: number) => void
}

interface Tally {
  same: number
  different: number
  unsupported: number
  reasons: Map<string, number>
  mismatches: Mismatch[]
}

/** Answers recorded questions again and compares. Reports come in the order in which functions first appear. */
export async function replay(
  cases: Iterable<RecordedCase>,
  { keep, onCase }: ReplayOptions,
): Promise<readonly FunctionReport[]> {
  const tallies = new Map<string, Tally>()
  let done = 0
  for (const recorded of cases) {
    const { question, expected } = recorded
    const tally = tallyOf(tallies, question.fn)
    const actual = await answer(question)
    const outcome = compareAnswer(recorded, actual)
    tally[outcome.kind] += 1
    if (outcome.kind === 'unsupported') {
      tally.reasons.set(outcome.reason, (tally.reasons.get(outcome.reason) ?? 0) + 1)
    } else if (outcome.kind === 'different' && tally.mismatches.length < keep) {
      tally.mismatches.push({ question, expected, actual, differences: outcome.differences })
    }
    done += 1
    onCase?.(question.fn, done)
  }
  return [...tallies].map(([fn, { reasons, ...tally }]) => ({ fn, ...tally, reasons: Object.fromEntries(reasons) }))
}

function tallyOf(tallies: Map<string, Tally>, fn: string): Tally {
  const known = tallies.get(fn)
  if (known !== undefined) return known
  const fresh: Tally = { same: 0, different: 0, unsupported: 0, reasons: new Map(), mismatches: [] }
  tallies.set(fn, fresh)
  return fresh
}
