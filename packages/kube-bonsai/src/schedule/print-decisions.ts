import type { Decisions } from '@kube-bonsai/scheduler-core'

/** Decisions as JSON text, indented by two spaces, with a line end: what `oracle-schedule decide` prints. */
export function printDecisions(decisions: Decisions): string {
  const text = JSON.stringify(decisions, null, 2)
  return `${text.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`
}
