import type { RuleEvaluator } from '@kube-bonsai/api-strategies'
import { type ExpressionEngine, loadExpressions } from '../expressions.ts'

let loaded: ExpressionEngine | undefined

/** Loads what evaluates rules; most servers never see one. */
export async function loadRules(): Promise<void> {
  loaded ??= await loadExpressions()
}

/** Evaluates the rules of a schema. Expects `loadRules` to have ended; throws otherwise. */
export const evaluateLate: RuleEvaluator = (node, object, before, warn) => {
  if (loaded === undefined) throw new Error('rules were asked for before they were loaded')
  return loaded.evaluateRules(node.source, object, before, warn)
}
