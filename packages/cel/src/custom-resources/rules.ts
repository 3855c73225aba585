import { createEnvironment } from '../checker/environment.ts'
import { type CheckedExpression, compile, type Program } from '../engine.ts'
import { PlanError } from '../interpreter/planner.ts'
import { optionalType } from '../types/cel-type.ts'
import { type DeclaredType, declare, maxRequestSize, sizesOf, structsOf } from './declared-type.ts'
import { isObject, type JsonSchema, Schema } from './schema.ts'

/** One rule of `x-kubernetes-validations`, as it was written. */
export interface ValidationRule {
  readonly rule: string
  readonly message: string
  readonly messageExpression: string
  readonly reason: string
  readonly fieldPath: string
  readonly optionalOldSelf: boolean
}

/** What compiling one expression came to. */
export interface CompiledExpression {
  readonly program: Program
  /** The most that it may cost, estimated; unsigned 64-bit. */
  readonly maxCost: bigint
}

/** A compiled rule. */
export interface CompiledRule {
  readonly source: ValidationRule
  /** The rule; or upstream's text of what is wrong; undefined when it is empty. */
  readonly rule: CompiledExpression | { readonly error: string } | undefined
  /** The message expression; undefined when there is none, or the rule is wrong. */
  readonly message: CompiledExpression | { readonly error: string } | undefined
  /** It compares with what was before. */
  readonly usesOldSelf: boolean
  /** How often the schema may occur in a request, when nothing bounds it. */
  readonly maxCardinality: bigint
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function ruleOf(given: unknown): ValidationRule {
  const rule = isObject(given) ? given : {}
  return {
    rule: text(rule['rule']),
    message: text(rule['message']),
    messageExpression: text(rule['messageExpression']),
    reason: text(rule['reason']),
    fieldPath: text(rule['fieldPath']),
    optionalOldSelf: rule['optionalOldSelf'] === true,
  }
}

function build(
  checked: CheckedExpression,
  sizes: ReturnType<typeof sizesOf>,
  failed: string,
): CompiledExpression | { readonly error: string } {
  try {
    return { program: checked.program(), maxCost: checked.estimate(sizes).max }
  } catch (error) {
    if (error instanceof PlanError) return { error: `${failed} failed: ${error.message}` }
    throw error
  }
}

/** Compiles the rules of one schema, not of those below it, where `declared` is the schema's type. */
export function compileOwnRules(schema: Schema, declared: DeclaredType): readonly CompiledRule[] {
  if (schema.rules.length === 0) return []
  const structs = structsOf(declared)
  const environment = (optional: boolean): ReturnType<typeof createEnvironment> =>
    createEnvironment({
      variables: { self: declared.type, oldSelf: optional ? optionalType(declared.type) : declared.type },
      structs,
    })
  const plain = environment(false)
  const withOptional = environment(true)
  const sizes = sizesOf(declared)
  const maxCardinality = maxRequestSize / (declared.minSize + 1n)
  return schema.rules.map((given) => {
    const source = ruleOf(given)
    const none = { source, rule: undefined, message: undefined, usesOldSelf: false, maxCardinality }
    if (source.rule.trim() === '') return none
    const known = source.optionalOldSelf ? withOptional : plain
    const compiled = compile(source.rule, known)
    if ('issues' in compiled) return { ...none, rule: { error: `compilation failed: ${compiled.issues}` } }
    if (compiled.checked.type.kind !== 'bool')
      return { ...none, rule: { error: 'cel expression must evaluate to a bool' } }
    const rule = build(compiled.checked, sizes, 'program instantiation')
    const usesOldSelf = compiled.checked.uses('oldSelf')
    if ('error' in rule || source.messageExpression === '') return { ...none, rule, usesOldSelf }
    return { ...none, rule, usesOldSelf, message: compileMessage(source.messageExpression) }

    function compileMessage(expression: string): CompiledExpression | { readonly error: string } {
      const message = compile(expression, known)
      if ('issues' in message) return { error: `messageExpression compilation failed: ${message.issues}` }
      if (message.checked.type.kind !== 'string') return { error: 'messageExpression must evaluate to a string' }
      return build(message.checked, sizes, 'messageExpression instantiation')
    }
  })
}

/**
 * Compiles the rules of one schema of a custom resource, not of those below it.
 *
 * @param schema JSON, structural
 * @param isResource `apiVersion`, `kind` and `metadata` are there, whatever the schema says
 * @returns undefined when the schema does not say what type it is
 * @see apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go
 */
export function compileRules(schema: JsonSchema, isResource: boolean): readonly CompiledRule[] | undefined {
  const read = new Schema(schema)
  const declared = declare(read, isResource, 'selfType0')
  return declared && compileOwnRules(read, declared)
}
