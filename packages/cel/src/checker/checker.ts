import {
  type CallExpr,
  type ComprehensionExpr,
  type Expr,
  type ListExpr,
  type MapExpr,
  qualifiedName,
  type SelectExpr,
  type StructExpr,
} from '../ast/expr.ts'
import type { Issue } from '../ast/source.ts'
import type { FunctionDeclaration } from '../functions/declarations.ts'
import {
  boolType,
  type CelType,
  dynType,
  errorType,
  formatType,
  intType,
  isDyn,
  isDynOrError,
  listType,
  mapType,
  opaqueType,
  optionalParam,
  optionalType,
  sameType,
  structType,
  typeOf,
  typeParam,
} from '../types/cel-type.ts'
import { assignable, mostGeneral, Substitutions, substitute } from '../types/unify.ts'
import { typeOfValue } from '../values/traits.ts'
import { type CelEnvironment, standardType } from './environment.ts'

/** Types every node of an expression; returns what is wrong. @see cel-go checker/checker.go */
export function check(expr: Expr, environment: CelEnvironment): readonly Issue[] {
  const checker = new Checker(environment)
  checker.check(expr)
  checker.finish()
  return checker.issues
}

type Scope = { readonly names: Map<string, CelType>; readonly outer: Scope | undefined }

class Checker {
  readonly issues: Issue[] = []
  readonly #environment: CelEnvironment
  readonly #nodes: Expr[] = []
  #known = new Substitutions()
  #scope: Scope | undefined
  #free = 0

  constructor(environment: CelEnvironment) {
    this.#environment = environment
  }

  /** Puts in what the free types of all nodes turned out to be. */
  finish(): void {
    for (const node of this.#nodes) if (node.type) node.type = substitute(this.#known, node.type, true)
  }

  check(expr: Expr): CelType {
    const type = this.#typeOf(expr)
    expr.type = type
    this.#nodes.push(expr)
    return type
  }

  #typeOf(expr: Expr): CelType {
    switch (expr.kind) {
      case 'literal':
        return typeOfValue(expr.value)
      case 'ident':
        return this.#ident(expr)
      case 'select':
        return this.#select(expr)
      case 'call':
        return this.#call(expr)
      case 'list':
        return this.#list(expr)
      case 'map':
        return this.#map(expr)
      case 'struct':
        return this.#struct(expr)
      case 'comprehension':
        return this.#comprehension(expr)
    }
  }

  #issue(offset: number, message: string): void {
    this.issues.push({ offset, message })
  }

  #undeclared(offset: number, name: string): CelType {
    this.#issue(offset, `undeclared reference to '${name}' (in container '')`)
    return errorType
  }

  /** The type of a name, whatever it stands for. */
  #lookUp(name: string): CelType | undefined {
    const plain = name.startsWith('.') ? name.slice(1) : name
    for (let scope = this.#scope; scope; scope = scope.outer) {
      const type = scope.names.get(plain)
      if (type) return type
    }
    const variable = this.#environment.variables.get(plain)
    if (variable) return variable
    if (this.#environment.struct(plain)) return typeOf(structType(plain))
    return standardType(plain)
  }

  #ident(expr: Expr & { readonly kind: 'ident' }): CelType {
    const type = this.#lookUp(expr.name)
    if (!type) return this.#undeclared(expr.offset, expr.name)
    if (expr.name.startsWith('.')) expr.name = expr.name.slice(1)
    return type
  }

  #select(expr: SelectExpr): CelType {
    const name = qualifiedName(expr)
    const variable = name === undefined ? undefined : this.#lookUp(name)
    if (name !== undefined && variable) {
      expr.variable = name
      return variable
    }
    const type = this.#field(expr, expr.operand, expr.field, false)
    return expr.testOnly ? boolType : substitute(this.#known, type, false)
  }

  #field(expr: Expr, operand: Expr, field: string, optional: boolean): CelType {
    const operandType = substitute(this.#known, this.check(operand), false)
    const inner = optionalParam(operandType)
    const target = inner ?? operandType
    let result: CelType = errorType
    if (target.kind === 'map') result = target.params[1] ?? dynType
    else if (target.kind === 'struct') result = this.#fieldType(expr.offset, target.name, field) ?? errorType
    else {
      if (target.kind === 'typeParam') this.#assign([dynType], [target])
      else if (!isDynOrError(target))
        this.#issue(expr.offset, `type '${formatType(target)}' does not support field selection`)
      result = dynType
    }
    return inner !== undefined || optional ? optionalType(result) : result
  }

  #fieldType(offset: number, struct: string, field: string): CelType | undefined {
    const declaration = this.#environment.struct(struct)
    if (!declaration && !standardType(struct)) {
      this.#issue(offset, `unexpected failed resolution of '${struct}'`)
      return undefined
    }
    const type = declaration?.field(field)
    if (!type) this.#issue(offset, `undefined field '${field}'`)
    return type
  }

  #call(expr: CallExpr): CelType {
    if (expr.function === '_?._') return this.#optionalSelect(expr)
    for (const arg of expr.args) this.check(arg)
    const { functions } = this.#environment
    const { target } = expr
    if (!target) {
      const plain = expr.function.startsWith('.') ? expr.function.slice(1) : expr.function
      const declaration = functions.get(plain)
      if (!declaration) return this.#undeclared(expr.offset, expr.function)
      expr.function = plain
      return this.#resolve(expr, declaration, undefined)
    }
    const prefix = qualifiedName(target)
    const namespaced = prefix === undefined ? undefined : functions.get(`${prefix}.${expr.function}`)
    if (namespaced) {
      expr.function = namespaced.name
      expr.target = undefined
      return this.#resolve(expr, namespaced, undefined)
    }
    const targetType = this.check(target)
    const declaration = functions.get(expr.function)
    return declaration ? this.#resolve(expr, declaration, targetType) : this.#undeclared(expr.offset, expr.function)
  }

  #optionalSelect(expr: CallExpr): CelType {
    const [operand, field] = expr.args
    if (operand === undefined || field?.kind !== 'literal' || typeof field.value !== 'string') return errorType
    const type = this.#field(expr, operand, field.value, true)
    expr.overloads = ['select_optional_field']
    return substitute(this.#known, type, false)
  }

  #resolve(expr: CallExpr, declaration: FunctionDeclaration, target: CelType | undefined): CelType {
    const args = expr.args.map((arg) => arg.type ?? errorType)
    if (target) args.unshift(target)
    if (declaration.name === '_&&_' || declaration.name === '_||_') return this.#logic(expr, declaration, args)
    const matches: string[] = []
    let result: CelType | undefined
    for (const overload of declaration.overloads) {
      if (overload.member !== (target !== undefined)) continue
      let signature: readonly CelType[] = [overload.result, ...overload.args]
      if (overload.params.length > 0) {
        const fresh = new Substitutions()
        for (const param of overload.params) fresh.add(typeParam(param), this.#fresh())
        signature = signature.map((type) => substitute(fresh, type, false))
      }
      if (!this.#assign(args, signature.slice(1))) continue
      matches.push(overload.id)
      const type = substitute(this.#known, signature[0] as CelType, false)
      if (!result) result = type
      else if (!isDyn(result) && !sameType(type, result)) result = dynType
    }
    if (!result) {
      const shown = args.map((type) => formatType(substitute(this.#known, type, true)))
      const signature = target ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`
      this.#issue(expr.offset, `found no matching overload for '${declaration.name}' applied to '${signature}'`)
      return errorType
    }
    expr.overloads = matches
    return result
  }

  #logic(expr: CallExpr, declaration: FunctionDeclaration, args: readonly CelType[]): CelType {
    let wrong = false
    args.forEach((type, index) => {
      if (this.#assign([type], [boolType])) return
      wrong = true
      this.#mismatch(expr.args[index] as Expr, boolType, type)
    })
    if (wrong) return errorType
    expr.overloads = declaration.overloads.map((overload) => overload.id)
    return boolType
  }

  #mismatch(at: { readonly offset: number }, expected: CelType, found: CelType): void {
    this.#issue(at.offset, `expected type '${formatType(expected)}' but found '${formatType(found)}'`)
  }

  #list(expr: ListExpr): CelType {
    let joined: CelType | undefined
    expr.elements.forEach((element, index) => {
      let type = this.check(element)
      if (expr.optional.has(index)) type = this.#unwrapOptional(element, type)
      joined = this.#join(joined, type)
    })
    return listType(joined ?? this.#fresh())
  }

  #map(expr: MapExpr): CelType {
    let keys: CelType | undefined
    let values: CelType | undefined
    for (const { key, value, optional } of expr.entries) {
      keys = this.#join(keys, this.check(key))
      let type = this.check(value)
      if (optional) type = this.#unwrapOptional(value, type)
      values = this.#join(values, type)
    }
    return mapType(keys ?? this.#fresh(), values ?? this.#fresh())
  }

  #unwrapOptional(expr: Expr, type: CelType): CelType {
    const inner = optionalParam(type)
    if (inner === undefined && !isDyn(type)) this.#mismatch(expr, optionalType(type), type)
    return inner ?? type
  }

  #struct(expr: StructExpr): CelType {
    const ident = this.#lookUp(expr.typeName)
    let result: CelType = errorType
    if (!ident) this.#undeclared(expr.offset, expr.typeName)
    else if (ident.kind !== 'type') this.#issue(expr.offset, `'${formatType(ident)}' is not a type`)
    else {
      const type = ident.params[0] ?? errorType
      if (type.kind === 'struct') result = type
      else this.#issue(expr.offset, `'${formatType(type)}' is not a message type`)
      if (expr.typeName.startsWith('.')) expr.typeName = expr.typeName.slice(1)
    }
    if (!ident) return errorType
    for (const field of expr.fields) {
      let type = this.check(field.value)
      const wanted = this.#fieldType(field.offset, expr.typeName, field.name) ?? errorType
      if (field.optional) type = this.#unwrapOptional(field.value, type)
      if (!this.#assign([wanted], [type]))
        this.#issue(
          field.offset,
          `expected type of field '${field.name}' is '${formatType(wanted)}' but provided type is '${formatType(type)}'`,
        )
    }
    return result
  }

  #comprehension(expr: ComprehensionExpr): CelType {
    this.check(expr.range)
    const accuType = this.check(expr.init)
    const rangeType = substitute(this.#known, expr.range.type ?? errorType, false)
    const outer = this.#scope
    this.#scope = { names: new Map([[expr.accuVar, accuType]]), outer }
    const names = this.#iterationTypes(expr, rangeType)
    const accuScope = this.#scope
    this.#scope = { names, outer: accuScope }
    this.#expect(expr.condition, boolType)
    this.#expect(expr.step, accuType)
    this.#scope = accuScope
    const result = this.check(expr.result)
    this.#scope = outer
    return substitute(this.#known, result, false)
  }

  #iterationTypes(expr: ComprehensionExpr, range: CelType): Map<string, CelType> {
    let first: CelType = errorType
    let second: CelType = errorType
    if (range.kind === 'list') {
      first = expr.iterVar2 === '' ? (range.params[0] ?? dynType) : intType
      second = range.params[0] ?? dynType
    } else if (range.kind === 'map') {
      first = range.params[0] ?? dynType
      second = range.params[1] ?? dynType
    } else if (isDynOrError(range) || range.kind === 'typeParam') {
      this.#assign([dynType], [range])
      first = dynType
      second = dynType
    } else
      this.#issue(
        expr.range.offset,
        `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      )
    const names = new Map([[expr.iterVar, first]])
    if (expr.iterVar2 !== '') names.set(expr.iterVar2, second)
    return names
  }

  #expect(expr: Expr, wanted: CelType): void {
    const type = this.check(expr)
    if (!this.#assign([wanted], [type])) this.#mismatch(expr, wanted, type)
  }

  #join(previous: CelType | undefined, current: CelType): CelType {
    if (!previous) return current
    return this.#assign([previous], [current]) ? mostGeneral(previous, current) : dynType
  }

  #assign(from: readonly CelType[], to: readonly CelType[]): boolean {
    const known = assignable(this.#known, from, to)
    if (known) this.#known = known
    return known !== undefined
  }

  #fresh(): CelType {
    return typeParam(`_var${this.#free++}`)
  }
}

/** The function type; only error texts show it. */
export const functionType = (result: CelType, args: readonly CelType[]): CelType =>
  opaqueType('function', result, ...args)
