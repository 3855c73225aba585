import type { CallExpr, Expr } from '../ast/expr.ts'
import type { Issue } from '../ast/source.ts'
import { overloadFunctions } from '../functions/implementations.ts'
import { compilePattern } from '../functions/regex.ts'
import { clauseTexts, FormatError, formatPieces } from '../functions/string-format.ts'
import { type CelKind, type CelType, dynType, formatType, optionalParam, sameType } from '../types/cel-type.ts'
import { CelError, type Value } from '../values/value.ts'

/** What is wrong with literals of a checked expression. @see cel-go cel/validator.go, ext/formatting.go */
export function validateLiterals(expr: Expr): readonly Issue[] {
  const issues: Issue[] = []
  walk(expr, false, issues)
  return issues
}

const childrenOf = (expr: Expr): readonly Expr[] => {
  switch (expr.kind) {
    case 'select':
      return [expr.operand]
    case 'call':
      return expr.target ? [expr.target, ...expr.args] : expr.args
    case 'list':
      return expr.elements
    case 'map':
      return expr.entries.flatMap((entry) => [entry.key, entry.value])
    case 'struct':
      return expr.fields.map((field) => field.value)
    case 'comprehension':
      return [expr.range, expr.init, expr.condition, expr.step, expr.result]
    default:
      return []
  }
}

function walk(expr: Expr, inFormat: boolean, issues: Issue[]): void {
  if (expr.kind === 'call') checkCall(expr, issues)
  else if (!inFormat && (expr.kind === 'list' || expr.kind === 'map')) checkKinds(expr, issues)
  const inside = inFormat || (expr.kind === 'call' && expr.function === 'format')
  for (const child of childrenOf(expr)) walk(child, inside, issues)
}

function checkCall(call: CallExpr, issues: Issue[]): void {
  const [arg] = call.args
  switch (call.function) {
    case 'duration':
    case 'timestamp':
    case 'matches':
      if (arg?.kind === 'literal' && isWrong(call, arg.value))
        issues.push({ offset: arg.offset, message: `invalid ${call.function} argument` })
      return
    case 'format':
      if (call.target?.kind === 'literal' && typeof call.target.value === 'string' && arg?.kind === 'list')
        checkFormat(call, call.target.value, arg.elements, issues)
  }
}

function isWrong(call: CallExpr, value: Value): boolean {
  if (call.function === 'matches') return typeof value === 'string' && compilePattern(value) instanceof CelError
  const run = overloadFunctions.get(call.overloads?.[0] ?? '')
  return run !== undefined && run(value) instanceof CelError
}

const unwrapped = (type: CelType | undefined, optional: boolean): CelType =>
  (optional && type ? optionalParam(type) : type) ?? dynType

/** All elements of a literal must be of one type. */
function checkKinds(expr: Expr & { readonly kind: 'list' | 'map' }, issues: Issue[]): void {
  const mismatch = (at: Expr, expected: CelType, found: CelType): void => {
    issues.push({
      offset: at.offset,
      message: `expected type '${formatType(expected)}' but found '${formatType(found)}'`,
    })
  }
  if (expr.kind === 'list') {
    let wanted: CelType | undefined
    for (const [index, element] of expr.elements.entries()) {
      const type = unwrapped(element.type, expr.optional.has(index))
      wanted ??= type
      if (sameType(wanted, type)) continue
      mismatch(element, wanted, type)
      return
    }
    return
  }
  const [first] = expr.entries
  if (!first) return
  const keys = unwrapped(first.key.type, false)
  const values = unwrapped(first.value.type, first.optional)
  for (const { key, value, optional } of expr.entries.slice(1)) {
    const keyType = unwrapped(key.type, false)
    const valueType = unwrapped(value.type, optional)
    if (!sameType(keys, keyType)) mismatch(key, keys, keyType)
    if (!sameType(values, valueType)) mismatch(value, values, valueType)
  }
}

const whole: readonly CelKind[] = ['int', 'uint']
const accepted: Readonly<Record<string, readonly CelKind[]>> = {
  s: ['list', 'map', 'int', 'uint', 'double', 'bool', 'string', 'timestamp', 'bytes', 'duration', 'type', 'null'],
  d: whole,
  f: ['double', 'string'],
  e: ['double', 'string'],
  b: [...whole, 'bool'],
  x: [...whole, 'string', 'bytes'],
  X: [...whole, 'string', 'bytes'],
  o: whole,
}

function checkFormat(call: CallExpr, format: string, args: readonly Expr[], issues: Issue[]): void {
  let used = 0
  try {
    for (const piece of formatPieces(format)) {
      if (typeof piece === 'string') continue
      const arg = args[used]
      if (!arg) throw new FormatError(`index ${used} out of range`)
      used++
      const wrong = firstWrong(piece.verb, arg)
      if (!wrong) continue
      const message = `error during formatting: ${clauseTexts[piece.verb]}${(wrong.type ?? dynType).name}`
      issues.push({ offset: wrong.offset, message })
      return
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    issues.push({ offset: call.offset, message: error.message })
    return
  }
  if (args.length > used)
    issues.push({
      offset: call.offset,
      message: `too many arguments supplied to string.format (expected ${used}, got ${args.length})`,
    })
}

/** The part of an argument that a clause does not take. */
function firstWrong(verb: string, arg: Expr): Expr | undefined {
  const { kind } = arg.type ?? dynType
  if (kind !== 'dyn' && !accepted[verb]?.includes(kind)) return arg
  if (verb !== 's') return undefined
  if (arg.kind === 'list') return first(arg.elements)
  return arg.kind === 'map' ? first(childrenOf(arg)) : undefined
}

function first(parts: readonly Expr[]): Expr | undefined {
  for (const part of parts) {
    const wrong = firstWrong('s', part)
    if (wrong) return wrong
  }
  return undefined
}
