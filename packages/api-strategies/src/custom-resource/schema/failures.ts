import {
  compactJson,
  type FieldError,
  type FieldPath,
  invalid,
  notSupported,
  quote,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from '@kube-bonsai/apimachinery'

/** One violation of a schema, before it knows where in an object the checked value stands. */
export interface Failure {
  /** What tells violations apart: the same text is told once. */
  readonly message: string
  at(base: FieldPath | undefined): FieldError
}

/** What became of checking one value. */
export interface Outcome {
  readonly failures: Failure[]
  /** How much was checked with success; of alternatives that all fail the one with most of it explains why. */
  score: number
}

/** An outcome without a failure. */
export function newOutcome(score = 0): Outcome {
  return { failures: [], score }
}

/** Adds what another outcome found, each text once. */
export function mergeOutcome(into: Outcome, other: Outcome): void {
  for (const failure of other.failures) addFailure(into, failure)
  into.score += other.score
}

/** Adds a violation unless the same text is there already. */
export function addFailure(into: Outcome, failure: Failure): void {
  if (!into.failures.some(({ message }) => message === failure.message)) into.failures.push(failure)
}

/** The path that stands for no path at all in upstream's errors. */
const nowhere = '<nil>'

function placeOf(base: FieldPath | undefined, name: string): FieldPath | string {
  const own = name.startsWith('.') ? name.slice(1) : name
  if (name === '' || name === '.') return base ?? nowhere
  return base === undefined ? own : base.child(own)
}

/** A violation of a schema as a whole: of anyOf, oneOf, allOf, not. */
export function generalFailure(message: string): Failure {
  return { message, at: (base) => invalid(base ?? nowhere, '', message) }
}

/** A value of the wrong type or format; `actual` is the type it has, or the text itself. */
export function typeFailure(name: string, type: string, actual: string): Failure {
  const message = `${name} in body must be of type ${type}: ${quote(actual)}`
  return { message, at: (base) => typeInvalid(placeOf(base, name), actual, message) }
}

/** A value that breaks a limit; `said` follows its name. */
export function limitFailure(name: string, value: unknown, said: string): Failure {
  const message = `${name} in body ${said}`
  return { message, at: (base) => invalid(placeOf(base, name), value ?? '', message) }
}

/** A field that must be there. */
export function requiredFailure(name: string): Failure {
  return { message: `${name} in body is required`, at: (base) => required(placeOf(base, name)) }
}

/** A value that is none of those allowed. */
export function enumFailure(name: string, value: unknown, allowed: readonly unknown[]): Failure {
  const texts = allowed.map((one) => (typeof one === 'string' ? one : compactJson(one)))
  return {
    message: `${name} in body should be one of [${texts.join(' ')}]`,
    at: (base) => notSupported(placeOf(base, name), value, texts),
  }
}

/** A text of too many characters. */
export function tooLongFailure(name: string, max: number): Failure {
  return {
    message: `${name} in body should be at most ${max} chars long`,
    at: (base) => tooLong(placeOf(base, name), max),
  }
}

/** A list or map of too many entries. */
export function tooManyFailure(name: string, actual: number, max: number, what: 'items' | 'properties'): Failure {
  return {
    message: `${name} in body should have at most ${max} ${what}`,
    at: (base) => tooMany(placeOf(base, name), actual, max),
  }
}
