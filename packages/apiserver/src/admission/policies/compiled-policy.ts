import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { AdmissionExpression } from '@kube-bonsai/cel'
import type { ExpressionEngine } from '../../expressions.ts'
import type { PolicySpec } from './policy-source.ts'

/** The expressions of a policy, compiled. */
export interface CompiledPolicy {
  readonly variables: ReadonlyMap<string, AdmissionExpression>
  readonly conditions: readonly AdmissionExpression[]
  readonly validations: readonly AdmissionExpression[]
  /** One for each validation; undefined without a message expression. */
  readonly messages: readonly (AdmissionExpression | undefined)[]
  readonly annotations: readonly AdmissionExpression[]
  /** One for each mutation; undefined for a kind of patch that is none. */
  readonly mutations: readonly (AdmissionExpression | undefined)[]
}

const compiled = new WeakMap<KubeObject, CompiledPolicy>()

/** Compiles a stored policy, once. */
export function compilePolicy(engine: ExpressionEngine, policy: KubeObject, spec: PolicySpec): CompiledPolicy {
  let known = compiled.get(policy)
  if (!known) {
    known = compile(engine, spec)
    compiled.set(policy, known)
  }
  return known
}

function compile({ PolicyCompiler }: ExpressionEngine, spec: PolicySpec): CompiledPolicy {
  const compiler = new PolicyCompiler(true)
  const uses = { hasParams: spec.paramKind !== undefined, hasAuthorizer: true }
  const silent = { ...uses, hasAuthorizer: false }
  const patching = { ...uses, hasPatchTypes: true }
  const variables = new Map(
    (spec.variables ?? []).map(({ name, expression }) => [name, compiler.declare(name, expression, uses)]),
  )
  const validations = spec.validations ?? []
  return {
    variables,
    conditions: (spec.matchConditions ?? []).map(({ expression }) =>
      compiler.compile(expression, 'matchCondition', uses),
    ),
    validations: validations.map(({ expression }) => compiler.compile(expression, 'validation', uses)),
    messages: validations.map(({ messageExpression }) =>
      messageExpression ? compiler.compile(messageExpression, 'messageExpression', silent) : undefined,
    ),
    annotations: (spec.auditAnnotations ?? []).map(({ valueExpression }) =>
      compiler.compile(valueExpression, 'auditAnnotation', silent),
    ),
    mutations: (spec.mutations ?? []).map(({ patchType, applyConfiguration, jsonPatch }) => {
      if (patchType === 'JSONPatch' && jsonPatch) return compiler.compile(jsonPatch.expression, 'jsonPatch', patching)
      if (patchType === 'ApplyConfiguration' && applyConfiguration)
        return compiler.compile(applyConfiguration.expression, 'applyConfiguration', patching)
      return undefined
    }),
  }
}
