import type { Expr } from '../ast/expr.ts'
import type { Value } from '../values/value.ts'

/** A macro was recognised, but its arguments do not fit. */
export class MacroError extends Error {
  readonly offset: number

  constructor(at: Expr, message: string) {
    super(message)
    this.offset = at.offset
  }
}

/** Makes the nodes of an expansion; all of them are placed where the macro was called. */
export class MacroHelper {
  readonly #id: () => number
  readonly #offset: number

  constructor(id: () => number, offset: number) {
    this.#id = id
    this.#offset = offset
  }

  #node(): { readonly id: number; readonly offset: number } {
    return { id: this.#id(), offset: this.#offset }
  }

  literal(value: Value): Expr {
    return { kind: 'literal', ...this.#node(), value }
  }

  ident(name: string): Expr {
    return { kind: 'ident', ...this.#node(), name }
  }

  accu(): Expr {
    return this.ident(accumulator)
  }

  list(...elements: readonly Expr[]): Expr {
    return { kind: 'list', ...this.#node(), elements, optional: new Set() }
  }

  map(): Expr {
    return { kind: 'map', ...this.#node(), entries: [] }
  }

  call(name: string, ...args: readonly Expr[]): Expr {
    return { kind: 'call', ...this.#node(), function: name, args }
  }

  memberCall(name: string, target: Expr, ...args: readonly Expr[]): Expr {
    return { kind: 'call', ...this.#node(), function: name, target, args }
  }

  presence(operand: Expr, field: string): Expr {
    return { kind: 'select', ...this.#node(), operand, field, testOnly: true }
  }

  fold(
    range: Expr,
    vars: readonly [string, string],
    accuVar: string,
    parts: { readonly init: Expr; readonly condition: Expr; readonly step: Expr; readonly result: Expr },
  ): Expr {
    return { kind: 'comprehension', ...this.#node(), range, iterVar: vars[0], iterVar2: vars[1], accuVar, ...parts }
  }

  /** `name` stands for `init` within `result`. */
  bind(name: string, init: Expr, result: Expr): Expr {
    return this.fold(this.list(), ['#unused', ''], name, {
      init,
      condition: this.literal(false),
      step: this.ident(name),
      result,
    })
  }

  /** The same expression again, with nodes of its own. */
  copy(expr: Expr): Expr {
    const again = (inner: Expr): Expr => this.copy(inner)
    const base = { id: this.#id(), offset: expr.offset }
    switch (expr.kind) {
      case 'literal':
      case 'ident':
        return { ...expr, ...base }
      case 'select':
        return { ...expr, ...base, operand: again(expr.operand) }
      case 'call':
        return { ...expr, ...base, target: expr.target && again(expr.target), args: expr.args.map(again) }
      case 'list':
        return { ...expr, ...base, elements: expr.elements.map(again) }
      case 'map':
        return {
          ...expr,
          ...base,
          entries: expr.entries.map((entry) => ({ ...entry, key: again(entry.key), value: again(entry.value) })),
        }
      case 'struct':
        return { ...expr, ...base, fields: expr.fields.map((field) => ({ ...field, value: again(field.value) })) }
      case 'comprehension':
        return {
          ...expr,
          ...base,
          range: again(expr.range),
          init: again(expr.init),
          condition: again(expr.condition),
          step: again(expr.step),
          result: again(expr.result),
        }
    }
  }
}

/** Expands one call; undefined when it is none of its calls. Throws MacroError. */
export type Macro = (make: MacroHelper, target: Expr | undefined, args: readonly Expr[]) => Expr | undefined

/** Macros by `name:arguments:has a target`. */
export type MacroTable = ReadonlyMap<string, Macro>

/** The accumulator of comprehensions; no expression can name it. */
export const accumulator = '@result'

const nth = (args: readonly Expr[], index: number): Expr => args[index] as Expr

function variable(arg: Expr, message: string): string {
  if (arg.kind !== 'ident') throw new MacroError(arg, message)
  if (arg.name === accumulator || arg.name === '__result__')
    throw new MacroError(arg, 'iteration variable overwrites accumulator variable')
  return arg.name
}

function pair(args: readonly Expr[]): readonly [string, string] {
  const [first, second] = [nth(args, 0), nth(args, 1)]
  for (const arg of [first, second])
    if (arg.kind !== 'ident') throw new MacroError(arg, 'argument must be a simple name')
  const names = [first, second].map((arg) => (arg.kind === 'ident' ? arg.name : ''))
  if (names[0] === names[1]) throw new MacroError(second, `duplicate variable name: ${names[0]}`)
  return [variable(first, ''), variable(second, '')]
}

type Vars = readonly [string, string]
type Fold = (make: MacroHelper, target: Expr, vars: Vars, rest: readonly Expr[]) => Expr

const all: Fold = (make, target, vars, [test]) =>
  make.fold(target, vars, accumulator, {
    init: make.literal(true),
    condition: make.call('@not_strictly_false', make.accu()),
    step: make.call('_&&_', make.accu(), test as Expr),
    result: make.accu(),
  })

const exists: Fold = (make, target, vars, [test]) =>
  make.fold(target, vars, accumulator, {
    init: make.literal(false),
    condition: make.call('@not_strictly_false', make.call('!_', make.accu())),
    step: make.call('_||_', make.accu(), test as Expr),
    result: make.accu(),
  })

const existsOne: Fold = (make, target, vars, [test]) =>
  make.fold(target, vars, accumulator, {
    init: make.literal(0n),
    condition: make.literal(true),
    step: make.call('_?_:_', test as Expr, make.call('_+_', make.accu(), make.literal(1n)), make.accu()),
    result: make.call('_==_', make.accu(), make.literal(1n)),
  })

/** The last of `rest` is the transformation, the one before it the filter, if any. */
const filtered = (make: MacroHelper, rest: readonly Expr[], step: (transform: Expr) => Expr): Expr =>
  rest.length > 1 ? make.call('_?_:_', nth(rest, 0), step(nth(rest, 1)), make.accu()) : step(nth(rest, 0))

const mapList: Fold = (make, target, vars, rest) =>
  make.fold(target, vars, accumulator, {
    init: make.list(),
    condition: make.literal(true),
    step: filtered(make, rest, (transform) => make.call('_+_', make.accu(), make.list(transform))),
    result: make.accu(),
  })

const mapMap =
  (withKey: boolean): Fold =>
  (make, target, vars, rest) =>
    make.fold(target, vars, accumulator, {
      init: make.map(),
      condition: make.literal(true),
      step: filtered(make, rest, (transform) =>
        withKey
          ? make.call('cel.@mapInsert', make.accu(), make.ident(vars[0]), transform)
          : make.call('cel.@mapInsert', make.accu(), transform),
      ),
      result: make.accu(),
    })

const one =
  (fold: Fold, message: string): Macro =>
  (make, target, args) =>
    fold(make, target as Expr, [variable(nth(args, 0), message), ''], args.slice(1))

const two =
  (fold: Fold): Macro =>
  (make, target, args) =>
    fold(make, target as Expr, pair(args), args.slice(2))

const has: Macro = (make, _target, args) => {
  const arg = nth(args, 0)
  if (arg.kind !== 'select') throw new MacroError(arg, 'invalid argument to has() macro')
  return make.presence(arg.operand, arg.field)
}

const filter: Macro = (make, target, args) => {
  const item = nth(args, 0)
  const name = variable(item, 'argument is not an identifier')
  return make.fold(target as Expr, [name, ''], accumulator, {
    init: make.list(),
    condition: make.literal(true),
    step: make.call('_?_:_', nth(args, 1), make.call('_+_', make.accu(), make.list(item)), make.accu()),
    result: make.accu(),
  })
}

const optional =
  (name: string, wrap: boolean): Macro =>
  (make, target, args) => {
    const item = nth(args, 0)
    if (item.kind !== 'ident') throw new MacroError(item, `${name}() variable name must be a simple identifier`)
    const value = make.bind(item.name, make.memberCall('value', make.copy(target as Expr)), nth(args, 1))
    return make.call(
      '_?_:_',
      make.memberCall('hasValue', target as Expr),
      wrap ? make.call('optional.of', value) : value,
      make.call('optional.none'),
    )
  }

const sortBy: Macro = (make, target, args) => {
  const input = '@__sortBy_input__'
  if (target === undefined || target.kind === 'literal' || target.kind === 'map' || target.kind === 'struct')
    throw new MacroError(
      target ?? nth(args, 0),
      'sortBy can only be applied to a list, identifier, comprehension, call or select expression',
    )
  const keys = one(mapList, 'argument is not an identifier')(make, make.ident(input), args) as Expr
  return make.bind(input, target, make.memberCall('@sortByAssociatedKeys', make.ident(input), keys))
}

const bind: Macro = (make, target, args) => {
  if (target?.kind !== 'ident' || target.name !== 'cel') return undefined
  const name = nth(args, 0)
  if (name.kind !== 'ident') throw new MacroError(name, 'cel.bind() variable names must be simple identifiers')
  return make.bind(name.name, nth(args, 1), nth(args, 2))
}

const simpleName = 'argument must be a simple name'
const identifier = 'argument is not an identifier'

/** The macros that every Kubernetes environment has. */
export const kubernetesMacros: MacroTable = new Map<string, Macro>([
  ['has:1:false', has],
  ['all:2:true', one(all, simpleName)],
  ['exists:2:true', one(exists, simpleName)],
  ['exists_one:2:true', one(existsOne, simpleName)],
  ['map:2:true', one(mapList, identifier)],
  ['map:3:true', one(mapList, identifier)],
  ['filter:2:true', filter],
  ['optMap:2:true', optional('optMap', true)],
  ['optFlatMap:2:true', optional('optFlatMap', false)],
  ['all:3:true', two(all)],
  ['exists:3:true', two(exists)],
  ['existsOne:3:true', two(existsOne)],
  ['exists_one:3:true', two(existsOne)],
  ['transformList:3:true', two(mapList)],
  ['transformList:4:true', two(mapList)],
  ['transformMap:3:true', two(mapMap(true))],
  ['transformMap:4:true', two(mapMap(true))],
  ['transformMapEntry:3:true', two(mapMap(false))],
  ['transformMapEntry:4:true', two(mapMap(false))],
  ['sortBy:2:true', sortBy],
])

/** `cel.bind` besides, which DRA selectors have. */
export const bindingMacros: MacroTable = new Map([...kubernetesMacros, ['bind:3:true', bind]])
