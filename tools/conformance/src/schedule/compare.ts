import { deepEqual } from '@kube-bonsai/apimachinery'

/** A field of one attempt that is not what was recorded. */
export interface FieldDifference {
  /** `default/web #1`, or `summary` for what sums up all attempts. */
  readonly attempt: string
  readonly field: string
  readonly expected: unknown
  readonly actual: unknown
}

/** How two answers about one snapshot compare. */
export interface ScheduleComparison {
  /** Attempts of which every field is the same. */
  readonly same: number
  readonly different: number
  readonly differences: readonly FieldDifference[]
}

type Fields = Readonly<Record<string, unknown>>

const summaries = ['percentageOfNodesToScore', 'profiles', 'nodes', 'placements', 'unplaced', 'deleted']

/** Compares recorded decisions with others, attempt by attempt: each pod's first with its first, and so on. */
export function compareDecisions(expected: Fields, actual: Fields, ignore: readonly string[] = []): ScheduleComparison {
  const [wanted, got] = [attemptsOf(expected), attemptsOf(actual)]
  const differences: FieldDifference[] = []
  let different = 0
  for (const attempt of new Set([...wanted.keys(), ...got.keys()])) {
    const [left, right] = [wanted.get(attempt), got.get(attempt)]
    const found = left && right ? compareFields(attempt, left, right, ignore) : [oneSided(attempt, left, right)]
    differences.push(...found)
    if (found.length > 0) different += 1
  }
  const order = { expected: [...wanted.keys()], actual: [...got.keys()] }
  if (different === 0 && !deepEqual(order.expected, order.actual))
    differences.push({ attempt: 'summary', field: 'order', ...order })
  for (const field of summaries) {
    if (!deepEqual(orNull(expected[field]), orNull(actual[field])))
      differences.push({ attempt: 'summary', field, expected: expected[field], actual: actual[field] })
  }
  const all = new Set([...wanted.keys(), ...got.keys()]).size
  return { same: all - different, different, differences }
}

function compareFields(
  attempt: string,
  expected: Fields,
  actual: Fields,
  ignore: readonly string[],
): readonly FieldDifference[] {
  const differences: FieldDifference[] = []
  for (const field of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    if (ignore.includes(field) || deepEqual(orNull(expected[field]), orNull(actual[field]))) continue
    differences.push({ attempt, field, expected: expected[field], actual: actual[field] })
  }
  return differences
}

function oneSided(attempt: string, expected: Fields | undefined, actual: Fields | undefined): FieldDifference {
  const brief = (fields: Fields | undefined) => fields && { result: fields['result'], node: fields['node'] }
  return { attempt, field: 'attempt', expected: brief(expected), actual: brief(actual) }
}

function attemptsOf(decisions: Fields): ReadonlyMap<string, Fields> {
  const entries = decisions['decisions']
  if (!Array.isArray(entries)) throw new Error('these are no decisions: the list "decisions" is missing')
  return new Map(entries.map((entry: Fields) => [`${entry['pod']} #${entry['attempt'] ?? '-'}`, entry]))
}

/** What is absent and what is null are the same here. */
const orNull = (value: unknown): unknown => value ?? null
