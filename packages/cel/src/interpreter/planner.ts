import type { CallExpr, ComprehensionExpr, Expr, ListExpr, MapExpr, SelectExpr, StructExpr } from '../ast/expr.ts'
import type { FunctionTable, Overload } from '../functions/declarations.ts'
import { accepts, type CelFunction, noOverload } from '../functions/dispatch.ts'
import { functionSingletons, overloadFunctions } from '../functions/implementations.ts'
import { compilePattern } from '../functions/regex.ts'
import type { CelType } from '../types/cel-type.ts'
import { goValue } from '../values/go-format.ts'
import {
  ArrayList,
  CelError,
  CelList,
  CelMap,
  CelOptional,
  CelTypeValue,
  EntriesMap,
  GrowingList,
  type Value,
} from '../values/value.ts'
import { type Attribute, ConditionalAttribute, type Qualifier, VariableAttribute } from './attribute.ts'
import { callCost } from './call-cost.ts'
import type { Frame, Step } from './frame.ts'
import { constantSet } from './membership.ts'
import { equality, fallback, logic } from './short-circuit.ts'

/** Makes an object of a type that expressions may construct. */
export type Construct = (typeName: string, fields: ReadonlyMap<string, Value>) => Value

/** A program could not be made: a constant could not be converted. */
export class PlanError extends Error {}

interface Planned {
  readonly run: Step
  /** Set for constants, which cost nothing. */
  readonly constant?: { readonly value: Value }
  /** Set for what more qualifiers can be added to. */
  readonly attribute?: Attribute
}

type Scope = { readonly name: string; readonly slot: number; readonly init?: Step; readonly outer: Scope | undefined }

const constantOf = (value: Value): Planned => ({ run: () => value, constant: { value } })

const conversions = new Set('bool bytes double duration dyn int string timestamp type uint'.split(' '))

/** Functions whose second argument is a pattern; a constant one is compiled when the program is made. */
const patterned = new Set(['matches', 'find', 'findAll'])

/** Turns a checked expression into steps. @see cel-go interpreter/planner.go */
export class Planner {
  readonly #functions: FunctionTable
  readonly #construct: Construct
  #scope: Scope | undefined
  #slots = 0

  constructor(functions: FunctionTable, construct: Construct) {
    this.#functions = functions
    this.#construct = construct
  }

  /** @throws PlanError */
  plan(expr: Expr): Step {
    return this.#plan(expr).run
  }

  #plan(expr: Expr): Planned {
    switch (expr.kind) {
      case 'literal':
        return constantOf(expr.value)
      case 'ident':
        return this.#name(expr.name, expr.type)
      case 'select':
        return expr.variable === undefined ? this.#select(expr) : this.#name(expr.variable, expr.type)
      case 'call':
        return this.#call(expr)
      case 'list':
        return this.#list(expr)
      case 'map':
        return this.#map(expr)
      case 'struct':
        return this.#struct(expr)
      case 'comprehension':
        return this.#fold(expr)
    }
  }

  #name(name: string, type: CelType | undefined): Planned {
    for (let scope = this.#scope; scope; scope = scope.outer) {
      if (scope.name !== name) continue
      const { slot, init } = scope
      if (!init) return this.#attribute(new VariableAttribute((frame) => frame.slots[slot] ?? null))
      return this.#attribute(
        new VariableAttribute((frame) => {
          let value = frame.slots[slot]
          if (value === undefined) {
            value = init(frame)
            frame.slots[slot] = value
          }
          return value
        }),
      )
    }
    if (type?.kind === 'type' && type.params[0]) return constantOf(new CelTypeValue(type.params[0]))
    return this.#attribute(
      new VariableAttribute((frame) => {
        const value = frame.variable(name)
        return value === undefined ? new CelError(`no such attribute(s): ${name}`) : value
      }),
    )
  }

  /** A step that reads `attribute`, and lets qualifiers be added to it later. */
  #attribute(attribute: Attribute): Planned {
    const run: Step = attribute.costs
      ? (frame) => {
          const value = attribute.resolve(frame)
          frame.charge(1)
          return value
        }
      : (frame) => attribute.resolve(frame)
    return { run, attribute }
  }

  #asAttribute({ attribute, run }: Planned): Planned & { readonly attribute: Attribute } {
    const found = attribute ?? new VariableAttribute(run)
    return { ...(attribute ? { run } : this.#attribute(found)), attribute: found }
  }

  #select(expr: SelectExpr): Planned {
    const operand = this.#asAttribute(this.#plan(expr.operand))
    const { attribute } = operand
    attribute.add({ key: () => expr.field, optional: false, testOnly: expr.testOnly })
    if (!expr.testOnly) return operand
    return {
      run: (frame) => {
        const value = attribute.resolve(frame)
        return value instanceof CelOptional ? value.value !== undefined : value
      },
    }
  }

  #index(target: Planned, index: Planned, optional: boolean): Planned {
    const operand = this.#asAttribute(target)
    const { attribute } = index
    const key: Qualifier['key'] = index.constant
      ? index.run
      : attribute
        ? (frame) => attribute.resolve(frame)
        : index.run
    operand.attribute.add({ key, optional, testOnly: false })
    return operand
  }

  #call(expr: CallExpr): Planned {
    const args = (expr.target ? [expr.target, ...expr.args] : expr.args).map((arg) => this.#plan(arg))
    const [first, second, third] = args
    if (first && second) {
      switch (expr.function) {
        case '_&&_':
          return { run: logic(first.run, second.run, false) }
        case '_||_':
          return { run: logic(first.run, second.run, true) }
        case '_==_':
        case '_!=_':
          return { run: equality(first.run, second.run, expr.function === '_==_') }
        case '_[_]':
          return this.#index(first, second, false)
        case '_?._':
        case '_[?_]':
          return this.#index(first, second, true)
        case 'or':
        case 'orValue':
          return { run: fallback(first.run, second.run, expr.function === 'orValue') }
      }
      if (third && expr.function === '_?_:_') {
        const branch = ({ attribute, run }: Planned): Attribute => attribute ?? new VariableAttribute(run)
        return this.#attribute(new ConditionalAttribute(first.run, branch(second), branch(third)))
      }
    }
    return this.#function(expr, args)
  }

  #function(expr: CallExpr, args: readonly Planned[]): Planned {
    const name = expr.function
    const overload = expr.overloads?.length === 1 ? (expr.overloads[0] ?? '') : ''
    const set = overload === 'in_list' && args[1]?.constant ? constantSet(args[1].constant.value) : undefined
    if (set && args[0]) {
      if (set === 'empty') return constantOf(false)
      const { run } = args[0]
      return {
        run: (frame) => {
          const value = run(frame)
          return value instanceof CelError ? value : set(value)
        },
      }
    }
    const pattern = patterned.has(name) ? args[1]?.constant?.value : undefined
    if (typeof pattern === 'string') {
      const compiled = compilePattern(pattern)
      if (compiled instanceof CelError) throw new PlanError(compiled.message)
    }
    const implementation = this.#implementation(name, overload)
    const cost = callCost(name, overload)
    const runs = args.map((arg) => arg.run)
    if (conversions.has(name) && args.length === 1 && args[0]?.constant) {
      const value = implementation(args[0].constant.value)
      if (value instanceof CelError) throw new PlanError(value.message)
      return constantOf(value)
    }
    const [a, b] = runs
    if (a && runs.length === 1) {
      const strict = name !== '@not_strictly_false'
      return {
        run: (frame) => {
          const x = a(frame)
          const result = strict && x instanceof CelError ? x : implementation(x)
          frame.charge(cost(result, x))
          return result
        },
      }
    }
    // With a constant pattern upstream plans a call of any number of arguments.
    if (a && b && runs.length === 2 && typeof pattern !== 'string')
      return {
        run: (frame) => {
          const x = a(frame)
          const y = b(frame)
          const result = x instanceof CelError ? x : y instanceof CelError ? y : implementation(x, y)
          frame.charge(cost(result, x, y))
          return result
        },
      }
    return {
      run: (frame) => {
        const values: Value[] = []
        for (const run of runs) {
          const value = run(frame)
          values.push(value)
          if (!(value instanceof CelError)) continue
          // Upstream stops at an argument that failed, and counts a cost only when it was the last.
          if (values.length === runs.length) frame.charge(cost(value, ...values))
          return value
        }
        const result = implementation(...values)
        frame.charge(cost(result, ...values))
        return result
      },
    }
  }

  /** The code of one overload, or of all of a function when only the values can tell. */
  #implementation(name: string, overload: string): CelFunction {
    const singleton = functionSingletons.get(name)
    if (singleton) return singleton
    const overloads = this.#functions.get(name)?.overloads ?? []
    const only = overloads.length === 1 ? overloads[0] : overloads.find((entry) => entry.id === overload)
    if (only) return guarded(name, only)
    const all = overloads.map((entry) => [entry, overloadFunctions.get(entry.id)] as const)
    return (...args) => {
      for (const [entry, run] of all) if (run && accepts(entry, args)) return run(...args)
      return noOverload(name, args)
    }
  }

  #list(expr: ListExpr): Planned {
    const elements = expr.elements.map((element) => this.#plan(element))
    const runs = elements.map((element) => element.run)
    const build: Step = (frame) => {
      const values: Value[] = []
      for (let index = 0; index < runs.length; index++) {
        const value = (runs[index] as Step)(frame)
        if (value instanceof CelError) return value
        if (!expr.optional.has(index)) values.push(value)
        else if (!(value instanceof CelOptional))
          return new CelError(`cannot initialize optional list element from non-optional value ${goValue(value)}`)
        else if (value.value !== undefined) values.push(value.value)
      }
      return new ArrayList(values)
    }
    if (elements.every((element) => element.constant)) return constantOf(build(nowhere))
    return { run: charged(build, 10) }
  }

  #map(expr: MapExpr): Planned {
    const entries = expr.entries.map((entry) => ({
      key: this.#plan(entry.key),
      value: this.#plan(entry.value),
      optional: entry.optional,
    }))
    const build: Step = (frame) => {
      const map = new EntriesMap()
      for (const entry of entries) {
        const key = entry.key.run(frame)
        if (key instanceof CelError) return key
        let value = entry.value.run(frame)
        if (value instanceof CelError) return value
        if (entry.optional) {
          if (!(value instanceof CelOptional))
            return new CelError(
              `cannot initialize optional entry '${goValue(key)}' from non-optional value ${goValue(value)}`,
            )
          if (value.value === undefined) continue
          value = value.value
        }
        map.set(key, value)
      }
      return map
    }
    if (entries.every((entry) => entry.key.constant && entry.value.constant)) return constantOf(build(nowhere))
    return { run: charged(build, 30) }
  }

  #struct(expr: StructExpr): Planned {
    const fields = expr.fields.map((field) => ({ ...field, run: this.#plan(field.value).run }))
    const build: Step = (frame) => {
      const values = new Map<string, Value>()
      for (const field of fields) {
        let value = field.run(frame)
        if (value instanceof CelError) return value
        if (field.optional) {
          if (!(value instanceof CelOptional))
            return new CelError(
              `cannot initialize optional entry '${field.name}' from non-optional value ${goValue(value)}`,
            )
          if (value.value === undefined) continue
          value = value.value
        }
        values.set(field.name, value)
      }
      return this.#construct(expr.typeName, values)
    }
    return { run: charged(build, 40) }
  }

  #fold(expr: ComprehensionExpr): Planned {
    const outer = this.#scope
    const init = this.#plan(expr.init).run
    const range = this.#plan(expr.range).run
    const accu = this.#slots++
    const first = this.#slots++
    const second = this.#slots++
    const growing: Step = (frame) => {
      const value = init(frame)
      return value instanceof CelList && value.size === 0
        ? new GrowingList()
        : value instanceof CelMap && value.size === 0
          ? new EntriesMap()
          : value
    }
    const accuScope: Scope = { name: expr.accuVar, slot: accu, init: growing, outer }
    const iterScope: Scope = { name: expr.iterVar, slot: first, outer }
    const pairScope: Scope = expr.iterVar2 === '' ? iterScope : { name: expr.iterVar2, slot: second, outer: iterScope }
    // The accumulator hides iteration variables of the same name.
    this.#scope = { ...accuScope, outer: pairScope }
    const condition = this.#plan(expr.condition).run
    const next = this.#plan(expr.step).run
    this.#scope = accuScope
    const result = this.#plan(expr.result).run
    this.#scope = outer
    const two = expr.iterVar2 !== ''
    /** One round; false ends the loop. */
    const round = (frame: Frame): boolean => {
      const go = condition(frame)
      if (typeof go === 'boolean' && !go) return false
      frame.slots[accu] = next(frame)
      return true
    }
    return {
      run: (frame) => {
        const over = range(frame)
        if (over instanceof CelError) return over
        const { slots } = frame
        const saved = slots[accu]
        slots[accu] = undefined
        if (over instanceof CelList) {
          for (let index = 0; index < over.size; index++) {
            slots[first] = two ? BigInt(index) : over.at(index)
            if (two) slots[second] = over.at(index)
            if (!round(frame)) break
          }
        } else if (over instanceof CelMap) {
          for (const key of over.keys()) {
            slots[first] = key
            if (two) slots[second] = over.find(key) ?? null
            if (!round(frame)) break
          }
        } else return new CelError(`got '${goValue(over)}', expected iterable type`)
        const value = result(frame)
        slots[accu] = saved
        return value instanceof GrowingList ? new ArrayList(value.values) : value
      },
    }
  }
}

/** Constant parts are computed without a frame. */
const nowhere = undefined as unknown as Frame

const charged =
  (run: Step, cost: number): Step =>
  (frame) => {
    const value = run(frame)
    frame.charge(cost)
    return value
  }

function guarded(name: string, overload: Overload): CelFunction {
  const run = overloadFunctions.get(overload.id)
  if (!run) return (...args) => noOverload(name, args)
  return (...args) => (accepts(overload, args) ? run(...args) : noOverload(name, args))
}
