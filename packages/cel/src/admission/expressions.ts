import type { CelEnvironment } from '../checker/environment.ts'
import { compile, type Program } from '../engine.ts'
import { PlanError } from '../interpreter/planner.ts'
import {
  boolType,
  type CelType,
  dynType,
  listType,
  nullType,
  sameType,
  stringType,
  structType,
  typeName,
} from '../types/cel-type.ts'
import { constructObject } from './constructed.ts'
import { type AdmissionVariables, admissionEnvironment } from './environment.ts'

/** What an admission expression is for; it decides the types that it may have. */
export type AdmissionExpressionKind =
  | 'matchCondition'
  | 'validation'
  | 'messageExpression'
  | 'auditAnnotation'
  | 'variable'
  | 'applyConfiguration'
  | 'jsonPatch'

const resultTypes: Readonly<Record<AdmissionExpressionKind, readonly CelType[] | undefined>> = {
  matchCondition: [boolType],
  validation: [boolType],
  messageExpression: [stringType],
  auditAnnotation: [stringType, nullType],
  variable: undefined,
  applyConfiguration: [structType('Object')],
  jsonPatch: [listType(structType('JSONPatch'))],
}

/** A compiled expression of admission, or upstream's text of what is wrong with it. */
export type AdmissionExpression = {
  readonly expression: string
  readonly kind: AdmissionExpressionKind
} & ({ readonly program: Program; readonly type: CelType } | { readonly error: string })

function compileIn(
  environment: CelEnvironment,
  expression: string,
  kind: AdmissionExpressionKind,
): AdmissionExpression {
  const compiled = compile(expression, environment)
  if ('issues' in compiled) return { expression, kind, error: `compilation failed: ${compiled.issues}` }
  const { type } = compiled.checked
  const wanted = resultTypes[kind]
  if (wanted && !wanted.some((one) => sameType(one, type))) {
    const [only] = wanted
    const error =
      wanted.length === 1 && only
        ? `must evaluate to ${typeName(only)} but got ${typeName(type)}`
        : `must evaluate to one of [${wanted.map(typeName).join(' ')}] but got ${typeName(type)}`
    return { expression, kind, error }
  }
  try {
    return { expression, kind, program: compiled.checked.program(constructObject), type }
  } catch (error) {
    if (error instanceof PlanError) return { expression, kind, error: `program instantiation failed: ${error.message}` }
    throw error
  }
}

/** Compiles an expression that knows no `variables`: match conditions of webhooks. */
export function compileAdmissionExpression(
  expression: string,
  kind: AdmissionExpressionKind,
  variables: AdmissionVariables,
): AdmissionExpression {
  return compileIn(admissionEnvironment(variables), expression, kind)
}

/** What a variable is to expressions that use it: opaque types are dynamic. */
function declaredType(type: CelType): CelType {
  if (type.kind === 'list' || type.kind === 'map') return { ...type, params: type.params.map(declaredType) }
  return type.kind === 'opaque' || type.kind === 'struct' || type.kind === 'type' ? dynType : type
}

/** The expressions of one policy: each sees the variables that were declared before it. */
export class PolicyCompiler {
  readonly #types: Map<string, CelType> | undefined
  readonly #environments = new Map<string, CelEnvironment>()

  /** @param composed whether the policy has variables: without them `variables` is not declared */
  constructor(composed: boolean) {
    this.#types = composed ? new Map() : undefined
  }

  /** Compiles one expression. */
  compile(expression: string, kind: AdmissionExpressionKind, variables: AdmissionVariables): AdmissionExpression {
    const key = JSON.stringify([variables.hasParams, variables.hasAuthorizer, variables.hasPatchTypes === true])
    let environment = this.#environments.get(key)
    if (!environment) {
      environment = admissionEnvironment(variables, this.#types)
      this.#environments.set(key, environment)
    }
    return compileIn(environment, expression, kind)
  }

  /** Compiles a variable and declares it, also a wrong one. */
  declare(name: string, expression: string, variables: AdmissionVariables): AdmissionExpression {
    const compiled = this.compile(expression, 'variable', variables)
    this.#types?.set(name, 'type' in compiled ? declaredType(compiled.type) : dynType)
    return compiled
  }
}
