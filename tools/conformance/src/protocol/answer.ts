import { createFeatureGates, type FeatureGateSet } from '@kube-bonsai/feature-gates'
import { functions } from '../functions/index.ts'
import { parseExact, printExact, toDoubles } from './exact-json.ts'

/** What a function may know beside its input. */
export interface Context {
  readonly gates: FeatureGateSet
}

/** Answers one input of a function; what it throws is the answer's error. */
export type Answerer<Input> = (input: Input, context: Context) => unknown

/** One function of the protocol. */
export interface OracleFunction {
  readonly answer: Answerer<unknown>
  /** Set when integers beyond 2^53 come as bigints; otherwise they come as the nearest numbers. */
  readonly exactIntegers?: true
}

/** A question of the line protocol. */
export interface Question {
  readonly fn: string
  readonly in: unknown
  readonly features?: Readonly<Record<string, boolean>>
}

/** An answer of the line protocol: JSON, in which a bigint stands for an integer beyond 2^53. */
export type Answer = { readonly out: unknown } | { readonly error: string }

/** How answers begin that say that nothing here computes the function. */
export const unsupportedPrefix = 'unsupported: '

/** How answers begin when the code under test broke instead of refusing. */
export const crashPrefix = 'crash: '

const defaults = createFeatureGates()

/** Answers one question. Never throws. */
export async function answer(question: Question): Promise<Answer> {
  const found = Object.hasOwn(functions, question.fn) ? functions[question.fn] : undefined
  if (found === undefined) return { error: `${unsupportedPrefix}${question.fn}` }
  try {
    const gates = question.features === undefined ? defaults : createFeatureGates({ set: question.features })
    const input = found.exactIntegers === true ? question.in : toDoubles(question.in)
    return { out: parseExact(printExact(await found.answer(input, { gates }))) }
  } catch (error) {
    return { error: errorText(error) }
  }
}

/** Answers one line of the protocol with one line. Never throws: a line that is no question is answered with an error. */
export async function answerLine(line: string): Promise<string> {
  const question = readQuestion(line)
  return printExact(typeof question === 'string' ? { error: question } : await answer(question))
}

function readQuestion(line: string): Question | string {
  let read: unknown
  try {
    read = parseExact(line)
  } catch (error) {
    return `oracle: the line is not JSON: ${error instanceof Error ? error.message : String(error)}`
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return 'oracle: the line is not a JSON object'
  const { fn, in: input, features } = read as Readonly<Record<string, unknown>>
  if (typeof fn !== 'string') return 'oracle: "fn" must name a function'
  if (features === undefined || features === null) return { fn, in: input }
  if (typeof features !== 'object' || Object.values(features).some((on) => typeof on !== 'boolean')) {
    return 'oracle: "features" must map names to true or false'
  }
  return { fn, in: input, features: { ...features } }
}

function errorText(error: unknown): string {
  if (!(error instanceof Error)) return `${crashPrefix}${String(error)}`
  const broke = [TypeError, RangeError, ReferenceError].some((kind) => error.constructor === kind)
  return broke ? `${crashPrefix}${error.stack ?? error.message}` : error.message
}
