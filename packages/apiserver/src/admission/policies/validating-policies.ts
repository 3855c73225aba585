import { type KubeObject, StatusError } from '@kube-bonsai/apimachinery'
import type { AdmissionInput } from '@kube-bonsai/cel'
import type { RequestContext } from '../../context.ts'
import { type ExpressionEngine, loadExpressions } from '../../expressions.ts'
import { type AdmissionPlugin, type Attributes, forbidden } from '../chain.ts'
import { compilePolicy } from './compiled-policy.ts'
import { evaluateConditions } from './match-conditions.ts'
import { ConfigurationError, collectParams, paramKindProblem } from './params.ts'
import { type BoundPolicy, boundPolicies, isExempt, type PolicySpec } from './policy-source.ts'
import { requestInput } from './request-input.ts'
import { type MatchedResource, matchResources } from './rule-matching.ts'

interface Denial {
  readonly policy: string
  readonly binding: string | undefined
  readonly message: string
  readonly reason: string
}

/** A validation that says no, or that failed while failures deny. */
interface Decision {
  readonly message: string
  readonly reason: string
}

const maxMessageBytes = 5120

/** Asks ValidatingAdmissionPolicies. @see apiserver/pkg/admission/plugin/policy/validating/dispatcher.go */
export const validatingAdmissionPolicies: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  async validate(context, attributes) {
    if (isExempt(attributes.target.info)) return
    const policies = await boundPolicies(context, 'validating')
    if (policies.length === 0) return
    const engine = await loadExpressions()
    const denials: Denial[] = []
    for (const policy of policies) {
      const matched = await matchResources(policy.spec.matchConstraints, context, attributes)
      if (matched) denials.push(...(await ask(engine, context, attributes, policy, matched)))
    }
    const [first] = denials
    if (first) throw refusal(attributes, first)
  },
}

async function ask(
  engine: ExpressionEngine,
  context: RequestContext,
  attributes: Attributes,
  { policy, name, spec, bindings }: BoundPolicy,
  matched: MatchedResource,
): Promise<readonly Denial[]> {
  const problem = paramKindProblem(context, spec.paramKind)
  if (problem !== undefined) {
    const message = `failed to configure policy: ${problem}`
    return spec.failurePolicy === 'Ignore' ? [] : [{ policy: name, binding: undefined, message, reason: '' }]
  }
  const denials: Denial[] = []
  let input: AdmissionInput | undefined
  for (const binding of bindings) {
    if (!(await matchResources(binding.spec.matchResources, context, attributes))) continue
    const denied = ({ message, reason }: Decision): Denial => ({ policy: name, binding: binding.name, message, reason })
    let params: readonly (KubeObject | undefined)[]
    try {
      params = await collectParams(context, spec.paramKind, binding.spec.paramRef, attributes.namespace)
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      if (spec.failurePolicy !== 'Ignore')
        denials.push(denied({ message: `failed to configure binding: ${error.message}`, reason: '' }))
      continue
    }
    input ??= await requestInput(context, attributes, matched)
    for (const param of params) {
      const { decisions, errors } = decide(engine, policy, spec, { ...input, params: param ?? null })
      for (const decision of decisions) {
        const { validationActions = [] } = binding.spec
        if (validationActions.includes('Deny')) denials.push(denied(decision))
        if (validationActions.includes('Warn'))
          context.warn(
            `Validation failed for ValidatingAdmissionPolicy '${name}' with binding '${binding.name}': ${decision.message}`,
          )
      }
      denials.push(...errors.map(denied))
    }
  }
  return denials
}

interface Outcome {
  readonly decisions: readonly Decision[]
  /** Audit annotations that could not be computed: they deny, whatever the actions are. */
  readonly errors: readonly Decision[]
}

/** What a policy says of a request. @see apiserver/pkg/admission/plugin/policy/validating/validator.go */
function decide(engine: ExpressionEngine, policy: KubeObject, spec: PolicySpec, input: AdmissionInput): Outcome {
  const { AdmissionBudgetError, AdmissionEvaluation, CelError, policyCostBudget } = engine
  const compiled = compilePolicy(engine, policy, spec)
  const ignores = spec.failurePolicy === 'Ignore'
  const failed = (message: string): Outcome => ({ decisions: ignores ? [] : [{ message, reason: '' }], errors: [] })
  const { variables } = compiled
  const answer = evaluateConditions(engine, compiled.conditions, input, spec.failurePolicy ?? 'Fail', variables)
  if ('error' in answer) return failed(answer.error)
  if (!answer.matches) return { decisions: [], errors: [] }
  try {
    const evaluation = new AdmissionEvaluation(input, policyCostBudget, variables)
    const results = compiled.validations.map((validation) => evaluation.evaluate(validation))
    const { authorize: _, ...silent } = input
    const messages = new AdmissionEvaluation(silent, evaluation.budget, variables)
    let messageFailure: string | undefined
    const texts = compiled.messages.map((message) => {
      if (message === undefined || messageFailure !== undefined) return undefined
      try {
        return messages.evaluate(message)
      } catch (error) {
        if (!(error instanceof AdmissionBudgetError)) throw error
        messageFailure = error.message
        return undefined
      }
    })
    const decisions = results.flatMap((result, index): readonly Decision[] => {
      const validation = spec.validations?.[index]
      if (result instanceof CelError) return ignores ? [] : [{ message: result.message, reason: '' }]
      if (messageFailure !== undefined)
        return ignores ? [] : [{ message: `failed messageExpression: ${messageFailure}`, reason: '' }]
      if (result === true || validation === undefined) return []
      const text = usable(texts[index]) || (validation.message ?? '').trim()
      return [
        {
          message: text || `failed expression: ${validation.expression.trim()}`,
          reason: validation.reason ?? 'Invalid',
        },
      ]
    })
    const annotating = new AdmissionEvaluation(silent, policyCostBudget, variables)
    const errors = compiled.annotations.flatMap((annotation): readonly Decision[] => {
      const value = annotating.evaluate(annotation)
      return value instanceof CelError && !ignores ? [{ message: value.message, reason: '' }] : []
    })
    return { decisions, errors }
  } catch (error) {
    if (error instanceof AdmissionBudgetError) return failed(error.message)
    throw error
  }
}

/** A message that may be shown: one line, not too long; otherwise nothing. */
function usable(value: unknown): string {
  if (typeof value !== 'string') return ''
  const text = value.trim()
  return text.includes('\n') || new TextEncoder().encode(text).length > maxMessageBytes ? '' : text
}

const codes: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413 }

function refusal(attributes: Attributes, { policy, binding, message, reason }: Denial): StatusError {
  const bound = binding === undefined ? '' : ` with binding '${binding}'`
  const text = `ValidatingAdmissionPolicy '${policy}'${bound} denied request: ${message}`
  const { status } = forbidden(attributes, text)
  return new StatusError({
    ...status,
    reason: reason === '' ? 'Invalid' : reason,
    code: codes[reason] ?? 422,
    details: { ...status.details, causes: [...(status.details?.causes ?? []), { message: text }] },
  })
}
