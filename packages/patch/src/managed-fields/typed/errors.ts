import { goStruct } from './go-values.ts'

/** What is wrong with a value, and where. */
export interface TypedProblem {
  readonly path: string
  readonly message: string
}

/** Thrown for a value that does not fit its type. */
export class TypedError extends Error {
  override readonly name = 'TypedError'
  readonly problems: readonly TypedProblem[]

  constructor(problems: readonly TypedProblem[]) {
    super(describe(problems))
    this.problems = problems
  }
}

/** The text of problems as upstream joins them. */
function describe(problems: readonly TypedProblem[]): string {
  const texts = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  return texts.length === 1 ? (texts[0] ?? '') : ['errors:', ...texts.map((text) => `  ${text}`)].join('\n')
}

/** What a list or an object should have been. */
export function expectedText(wanted: 'list' | 'map' | 'boolean' | 'any scalar', value: unknown): string {
  return `expected ${wanted}, got ${goStruct(value, false)}`
}
