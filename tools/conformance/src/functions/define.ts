import type { Answerer, OracleFunction } from '../protocol/answer.ts'

/**
 * A function of the protocol. Inputs come from recordings of the documented shape `Input`; what differs from it shows as an
 * error or a difference, which is what a conformance run is for.
 */
export function define<Input>(answer: Answerer<Input>): OracleFunction {
  return { answer: answer as Answerer<unknown> }
}

/** As `define`, for functions that tell integers beyond 2^53 apart. */
export function defineExact<Input>(answer: Answerer<Input>): OracleFunction {
  return { ...define(answer), exactIntegers: true }
}

/** The result of `attempt` under one name, or the text of what it throws under another. Anything but an Error passes. */
export function either(name: string, errorName: string, attempt: () => unknown): Record<string, unknown> {
  try {
    return { [name]: attempt() }
  } catch (error) {
    if (!(error instanceof Error) || error.constructor === TypeError) throw error
    return { [errorName]: error.message }
  }
}
