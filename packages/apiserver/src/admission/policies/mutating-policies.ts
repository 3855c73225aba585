import { decode, scheme } from '@kube-bonsai/api-types'
import {
  type JsonValue,
  type KubeObject,
  newInternalError,
  parseApiVersion,
  StatusError,
} from '@kube-bonsai/apimachinery'
import type { AdmissionExpression, AdmissionInput, Value } from '@kube-bonsai/cel'
import {
  applyJsonPatch,
  builtInType,
  ConfigurationMergeError,
  mergeConfiguration,
  PatchError,
  type ValueType,
} from '@kube-bonsai/patch'
import type { RequestContext } from '../../context.ts'
import { type ExpressionEngine, loadExpressions } from '../../expressions.ts'
import { type AdmissionPlugin, type Attributes, forbidden } from '../chain.ts'
import { type CompiledPolicy, compilePolicy } from './compiled-policy.ts'
import { evaluateConditions } from './match-conditions.ts'
import { ConfigurationError, collectParams, paramKindProblem } from './params.ts'
import { type BoundPolicy, boundPolicies, isExempt } from './policy-source.ts'
import { inVersion, requestInput } from './request-input.ts'
import { type MatchedResource, matchResources } from './rule-matching.ts'

/** One policy with one of its bindings and one of the params. */
interface Invocation {
  readonly policy: BoundPolicy
  readonly binding: string
  readonly matched: MatchedResource
  readonly param: KubeObject | undefined
}

interface Failure {
  readonly policy: BoundPolicy
  readonly binding: string | undefined
  readonly message: string
  readonly reason: string
}

/** A mutation cannot be carried out; the message is upstream's. */
class MutationError extends Error {}

/** Lets MutatingAdmissionPolicies change objects. @see apiserver/pkg/admission/plugin/policy/mutating/dispatcher.go */
export const mutatingAdmissionPolicies: AdmissionPlugin = {
  name: 'MutatingAdmissionPolicy',
  async admit(context, attributes) {
    if (attributes.operation === 'DELETE' || isExempt(attributes.target.info)) return attributes.object
    const all = await boundPolicies(context, 'mutating')
    // The second round is only for policies that want one.
    const policies = attributes.reinvocation?.isReinvoke
      ? all.filter(({ spec }) => spec.reinvocationPolicy === 'IfNeeded')
      : all
    if (policies.length === 0) return attributes.object
    const failures: Failure[] = []
    const invocations = await select(context, attributes, policies, failures)
    if (invocations.length > 0) {
      const run = new Run(await loadExpressions(), context, attributes, failures)
      await run.invoke(invocations)
      if (run.changed) attributes.reinvocation?.require()
      throwFirst(attributes, failures)
      return run.object
    }
    throwFirst(attributes, failures)
    return attributes.object
  },
}

async function select(
  context: RequestContext,
  attributes: Attributes,
  policies: readonly BoundPolicy[],
  failures: Failure[],
): Promise<readonly Invocation[]> {
  const invocations: Invocation[] = []
  for (const policy of policies) {
    const matched = await matchResources(policy.spec.matchConstraints, context, attributes)
    if (!matched) continue
    const problem = paramKindProblem(context, policy.spec.paramKind)
    if (problem !== undefined) {
      failures.push({ policy, binding: undefined, message: `failed to configure policy: ${problem}`, reason: '' })
      continue
    }
    for (const { name: binding, spec } of policy.bindings) {
      if (!(await matchResources(spec.matchResources, context, attributes))) continue
      try {
        const params = await collectParams(context, policy.spec.paramKind, spec.paramRef, attributes.namespace)
        invocations.push(...params.map((param) => ({ policy, binding, matched, param })))
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error
        failures.push({ policy, binding, message: `failed to configure binding: ${error.message}`, reason: '' })
      }
    }
  }
  return invocations
}

class Run {
  object: KubeObject
  /** Whether any mutation was carried out. */
  changed = false
  readonly #engine: ExpressionEngine
  readonly #context: RequestContext
  readonly #attributes: Attributes
  readonly #failures: Failure[]

  constructor(engine: ExpressionEngine, context: RequestContext, attributes: Attributes, failures: Failure[]) {
    this.object = attributes.object
    this.#engine = engine
    this.#context = context
    this.#attributes = attributes
    this.#failures = failures
  }

  async invoke(invocations: readonly Invocation[]): Promise<void> {
    for (const invocation of invocations) await this.#one(invocation)
  }

  async #one({ policy, binding, matched, param }: Invocation): Promise<void> {
    const { spec } = policy
    const compiled = compilePolicy(this.#engine, policy.policy, spec)
    const fail = (message: string): void => {
      this.#failures.push({ policy, binding, message, reason: 'Invalid' })
    }
    const input = async (): Promise<AdmissionInput> => ({
      ...(await requestInput(this.#context, { ...this.#attributes, object: this.object }, matched)),
      params: param ?? null,
    })
    const answer = evaluateConditions(
      this.#engine,
      compiled.conditions,
      await input(),
      spec.failurePolicy ?? 'Fail',
      compiled.variables,
    )
    if ('error' in answer) fail(answer.error)
    if ('error' in answer || !answer.matches) return
    for (const mutation of compiled.mutations) {
      if (mutation === undefined) continue
      try {
        const before = inVersion(this.object, matched)
        const after = this.#mutate(mutation, compiled, await input(), before)
        this.object = inVersion(after, { ...matched, version: this.#attributes.target.stored.version })
        this.changed = true
      } catch (error) {
        if (!(error instanceof MutationError)) throw error
        fail(error.message)
      }
    }
  }

  #mutate(
    mutation: AdmissionExpression,
    { variables }: CompiledPolicy,
    input: AdmissionInput,
    object: KubeObject,
  ): KubeObject {
    if ('error' in mutation) throw new MutationError(mutation.error)
    const { AdmissionBudgetError, AdmissionEvaluation, CelError, policyCostBudget } = this.#engine
    let value: Value
    try {
      value = new AdmissionEvaluation(input, policyCostBudget, variables).evaluate(mutation)
    } catch (error) {
      if (error instanceof AdmissionBudgetError) throw new MutationError(error.message)
      throw error
    }
    if (value instanceof CelError) throw new MutationError(value.message)
    return mutation.kind === 'jsonPatch' ? this.#patched(value, object) : this.#applied(value, object)
  }

  #patched(value: Value, object: KubeObject): KubeObject {
    const { CelList, PatchValue } = this.#engine
    if (!(value instanceof CelList))
      throw new MutationError('type mismatch: JSONPatchType.expression should evaluate to array')
    const operations = Array.from({ length: value.size }, (_, index) => {
      const operation = value.at(index)
      if (operation instanceof PatchValue) return operation.operation
      throw new MutationError('type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch')
    })
    try {
      return this.#decoded(applyJsonPatch(object, operations) as unknown as KubeObject)
    } catch (error) {
      if (!(error instanceof PatchError)) throw error
      // A test that fails leaves the object as it is.
      if (error.kind === 'test-failed') return object
      throw new MutationError(`JSON Patch: ${error.message}`)
    }
  }

  /** A patched object must be of its type. */
  #decoded(object: KubeObject): KubeObject {
    const { apiVersion = '', kind = '' } = object
    const found = parseApiVersion(apiVersion)
    if (!found || this.#attributes.target.custom) return object
    const [problem] = decode(scheme.loaded, { ...found, kind }, object).typeErrors
    if (problem !== undefined) throw newInternalError(problem)
    return object
  }

  #applied(value: Value, object: KubeObject): KubeObject {
    const { jsonOf, ObjectValue } = this.#engine
    if (!(value instanceof ObjectValue))
      throw new MutationError('unsupported return type from ApplyConfiguration expression')
    const misplaced = value.misplaced()
    if (misplaced !== undefined) throw new MutationError(`type mismatch: ${misplaced}`)
    const { apiVersion, kind } = object
    const configuration = { ...(jsonOf(value) as object), apiVersion, kind } as JsonValue
    try {
      return mergeConfiguration(this.#typeOf(object), object, configuration)
    } catch (error) {
      if (error instanceof ConfigurationMergeError) throw new MutationError(`error applying patch: ${error.message}`)
      throw error
    }
  }

  #typeOf({ apiVersion = '', kind = '' }: KubeObject): ValueType {
    const { custom } = this.#attributes.target
    const found = parseApiVersion(apiVersion)
    const type = custom ? custom.type : found && builtInType(scheme.loaded, { ...found, kind })
    if (type) return type
    throw new MutationError(`unsupported: ApplyConfiguration of ${apiVersion}, Kind=${kind}`)
  }
}

/** The first failure of a policy whose failures refuse, with all of them as causes. */
function throwFirst(attributes: Attributes, failures: readonly Failure[]): void {
  const refusing = failures.filter(({ policy }) => policy.spec.failurePolicy !== 'Ignore')
  const [first] = refusing
  if (!first) return
  const textOf = ({ policy, binding, message }: Failure): string =>
    binding === undefined
      ? `policy "${policy.name}" denied request: ${message}`
      : `policy '${policy.name}' with binding '${binding}' denied request: ${message}`
  const { status } = forbidden(attributes, 'admission request denied by policy')
  throw new StatusError({
    ...status,
    message: textOf(first),
    ...(first.reason !== '' && { reason: first.reason }),
    details: {
      ...status.details,
      causes: [...(status.details?.causes ?? []), ...refusing.map((failure) => ({ message: textOf(failure) }))],
    },
  })
}
