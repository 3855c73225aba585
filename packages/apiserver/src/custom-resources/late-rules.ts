import type { RuleEvaluator } from '@kube-bonsai/api-strategies'

type Cel = typeof import('@kube-bonsai/cel')

let loaded: Cel | undefined

/** Loads what evaluates expressions; it is large, and most servers never see a rule. */
export async function loadRules(): Promise<Cel> {
  loaded ??= await import('@kube-bonsai/cel')
  return loaded
}

/** Evaluates the rules of a schema. Expects `loadRules` to have ended; throws otherwise. */
export const evaluateLate: RuleEvaluator = (node, object, before) => {
  if (loaded === undefined) throw new Error('rules were asked for before they were loaded')
  return loaded.evaluateRules(node.source, object, before)
}
