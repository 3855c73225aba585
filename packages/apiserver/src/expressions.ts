import type { StrategyContext } from '@kube-bonsai/api-strategies'

/** The expression engine; only servers that meet an expression load it. */
export type ExpressionEngine = typeof import('@kube-bonsai/cel')

let loaded: ExpressionEngine | undefined

/** Loads the engine, once. */
export async function loadExpressions(): Promise<ExpressionEngine> {
  loaded ??= await import('@kube-bonsai/cel')
  return loaded
}

const groups = new Set(['admissionregistration.k8s.io', 'resource.k8s.io', 'apiextensions.k8s.io'])
const reads = new Set(['get', 'list', 'watch', 'delete', 'deletecollection'])

/** Loads the engine before a request that may write expressions. */
export async function prepareExpressions({ group, verb }: { group: string; verb: string }): Promise<void> {
  if (loaded === undefined && groups.has(group) && !reads.has(verb)) await loadExpressions()
}

/** What strategies check expressions with, once the engine is there. */
export function expressionChecks(): Pick<StrategyContext, 'expressions' | 'admissionExpressions' | 'compileRules'> {
  if (loaded === undefined) return {}
  const { expressionChecker, compileRules } = loaded
  return { expressions: expressionChecker, admissionExpressions: expressionChecker, compileRules }
}
