import type { Plugin } from './interfaces.ts'
import { maxNodeScore } from './normalize.ts'
import { failure, type Status, unresolvable } from './status.ts'

/** All reasons of a status in one line. */
export function message(status: Status): string {
  return status.reasons.join(', ')
}

/** An error with where it came from in front. */
export function wrap(context: string, status: Status, plugin?: Plugin): Status {
  return { code: 'Error', reasons: [`${context}: ${message(status)}`], ...(plugin && { plugin: plugin.name }) }
}

/** What both sets hold, in the order of the left one. */
export function intersection(left: ReadonlySet<string>, right: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...left].filter((name) => right.has(name)))
}

/** The error of a score out of range. */
export function invalidScore(plugin: string, score: number): Status {
  const range = `it should in the range of [0, ${maxNodeScore}] after normalizing`
  const what = `plugin "${plugin}" returns an invalid score ${score}, ${range}`
  return failure(`applying score defaultWeights on Score plugins: ${what}`)
}

/** The answer when PreFilters leave no node. */
export function emptyIntersection(plugins: readonly string[]): Status {
  return unresolvable(
    plugins.length === 1
      ? `node(s) didn't satisfy plugin ${plugins[0]}`
      : `node(s) didn't satisfy plugin(s) [${plugins.join(' ')}] simultaneously`,
  )
}
