import type { CelType } from '../types/cel-type.ts'
import { typeNameOf } from '../values/traits.ts'
import { CelError, CelList, CelMap, type Value } from '../values/value.ts'
import type { Overload } from './declarations.ts'

/** The code of a function or of one overload; errors are values. */
export type CelFunction = (...args: readonly Value[]) => Value

/** Whether the values are of the types that an overload wants; of lists and maps the first element counts. */
export function accepts(overload: Overload, args: readonly Value[]): boolean {
  if (overload.args.length !== args.length) return false
  for (let index = 0; index < args.length; index++)
    if (!fits(overload.args[index] as CelType, args[index] as Value)) return false
  return true
}

function fits(type: CelType, value: Value): boolean {
  switch (type.kind) {
    case 'dyn':
    case 'any':
    case 'typeParam':
      return true
    case 'int':
      return typeof value === 'bigint'
    case 'string':
      return typeof value === 'string'
    case 'list': {
      if (!(value instanceof CelList)) return false
      const [element] = type.params
      return value.size === 0 || element === undefined || fits(element, value.at(0))
    }
    case 'map': {
      if (!(value instanceof CelMap)) return false
      const [keyType, valueType] = type.params
      for (const key of value.keys())
        return (
          (keyType === undefined || fits(keyType, key)) &&
          (valueType === undefined || fits(valueType, value.find(key) ?? null))
        )
      return true
    }
    default:
      return type.name === typeNameOf(value)
  }
}

/** The error of a call that no overload takes. */
export function noOverload(name: string, args: readonly Value[]): CelError {
  return new CelError(`no such overload: ${name}(${args.map(typeNameOf).join(', ')})`)
}
