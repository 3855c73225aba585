import { type Difference, differences } from '../compare/differences.ts'
import { type NormalAnswer, Normaliser } from './normalise.ts'
import type { Scenario, Step, Transcript } from './scenario.ts'
import { shapeOf, sorted, without } from './shape.ts'

/** What came of one step. */
export interface StepResult {
  readonly step: Step
  readonly differences: readonly Difference[]
  /** Set where the body could not be compared: protobuf that is no object of a known kind. */
  readonly notCompared?: true
}

const comparedHeaders = ['content-type', 'warning', 'retry-after', 'location', 'www-authenticate', 'allow']

/** Compares what two servers answered to one scenario, step by step. */
export function compareTranscripts(
  scenario: Scenario,
  expected: Transcript,
  actual: Transcript,
): readonly StepResult[] {
  const left = new Normaliser(scenario, expected)
  const right = new Normaliser(scenario, actual)
  return scenario.steps.map((step, index) => {
    const wanted = expected.steps[index]
    const got = actual.steps[index]
    if (wanted === undefined || got === undefined) {
      return { step, differences: [{ path: '', expected: wanted && 'an answer', actual: got && 'an answer' }] }
    }
    const one = left.normalise(step, wanted)
    const other = right.normalise(step, got)
    const found = differences(comparable(step, one), comparable(step, other))
    const binary = [wanted.base64 !== undefined && one.body, got.base64 !== undefined && other.body].includes(undefined)
    return { step, differences: found, ...(binary ? { notCompared: true } : {}) }
  })
}

function comparable(step: Step, { status, error, headers, body }: NormalAnswer): object {
  const mode = step.compare ?? 'full'
  const names = mode === 'none' ? [] : (step.headers ?? comparedHeaders)
  const kept = Object.fromEntries(names.map((name) => [name, Object.hasOwn(headers, name) ? headers[name] : undefined]))
  const base = { status, error, headers: kept }
  if (mode === 'none' || mode === 'status') return base
  const left = (step.ignore ?? []).reduce<unknown>(without, body)
  const ordered = (step.randomOrder ?? []).reduce<unknown>(
    sorted,
    step.unordered === true ? sorted(left, 'items') : left,
  )
  return { ...base, body: mode === 'shape' ? shapeOf(ordered) : ordered }
}
